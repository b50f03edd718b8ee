"use strict";

// Draws the charts, and lets readers switch networks, read a chart's data and pick an answer.

const report = JSON.parse(document.getElementById("report-data").textContent);
const views = {};

const asObject = (fields, row) => Object.fromEntries(fields.map((field, i) => [field, row[i]]));

function rowsOf(id) {
  const { fields, rows } = report.charts[id];
  return id === "map" ? mapRows() : rows.map((row) => asObject(fields, row));
}

async function draw(id) {
  const { spec } = report.charts[id];
  // the interpreter (ast) needs no eval, which the page's security policy refuses
  const options = { actions: false, renderer: "svg", ast: true };
  if (id === "map") {
    await readTiles();
    options.tooltip = showGalaxy;
  }
  spec.data = { name: "rows", values: rowsOf(id) };
  const { view } = await vegaEmbed(`#chart-${id}`, spec, options);
  // a screen reader gets the chart's name, and the table: not hundreds of marks
  document.querySelector(`#chart-${id} svg`).setAttribute("aria-hidden", "true");
  views[id] = view;
}

function chosenNetworks(id) {
  const inputs = document.querySelectorAll(`input[data-chart="${id}"]:not([data-signal])`);
  return Array.from(inputs).filter((input) => input.checked).map((input) => input.value);
}

function chosenQuestion(id) {
  const select = document.querySelector(`select[data-chart="${id}"][data-signal="question"]`);
  return select ? select.value : null;
}

async function update(id) {
  const question = chosenQuestion(id);
  views[id].signal("shown", chosenNetworks(id));
  if (question) views[id].signal("question", question);
  if (id === "map") views[id].signal("pictures", wantsPictures()).data("rows", rowsOf(id));
  await views[id].runAsync();
  const details = document.querySelector(`details[data-chart="${id}"]`);
  if (details.open) fillTable(details);
}

function cell(kind, content, scope) {
  const element = document.createElement(kind);
  element.textContent = content;
  if (scope) element.scope = scope;
  return element;
}

function fillTable(details) {
  const id = details.dataset.chart;
  const { fields } = report.charts[id];
  const [shown, question] = [chosenNetworks(id), chosenQuestion(id)];
  const table = document.createElement("table");
  table.createCaption().textContent = document.getElementById(`title-${id}`).textContent;
  const head = table.createTHead().insertRow();
  head.append(...fields.map((field) => cell("th", field, "col")));
  const body = table.createTBody();
  for (const row of rowsOf(id)) {
    // a chart without switches shows all that it has
    if (shown.length && row.network && !shown.includes(row.network)) continue;
    if (question && row.question !== question) continue;
    body.insertRow().append(...fields.map((field) => cell("td", row[field])));
  }
  const region = document.createElement("div");
  region.className = "scroll";
  region.tabIndex = 0;
  region.setAttribute("role", "region");
  region.setAttribute("aria-label", details.querySelector("summary").textContent);
  region.append(table);
  details.querySelector(".scroll")?.remove();
  details.append(region);
}

function showAnswer(column) {
  for (const list of document.querySelectorAll("[data-answer]")) {
    list.hidden = list.dataset.answer !== column;
  }
}

document.getElementById("by-answer").hidden = false;
for (const image of document.querySelectorAll("img[data-galaxy]")) {
  image.src = report.images[image.dataset.galaxy];
}
for (const control of document.querySelectorAll(".controls [data-chart]")) {
  control.addEventListener("change", () => update(control.dataset.chart));
}
for (const details of document.querySelectorAll("details[data-chart]")) {
  details.addEventListener("toggle", () => details.open && fillTable(details));
}
const answer = document.getElementById("answer");
answer.addEventListener("change", () => showAnswer(answer.value));
showAnswer(answer.value); // a browser may remember the answer of the last visit

Promise.all(Object.keys(report.charts).map(draw)).then(() => {
  document.documentElement.dataset.drawn = "all";
});
