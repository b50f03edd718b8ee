// The map of galaxies: its rows, the pictures on it, and the card that shows one of them.

function mapAnswer() {
  return document.getElementById("map-answer").value;
}

function wantsPictures() {
  return document.getElementById("map-pictures").checked;
}

function mapRows() {
  const { ids, said, voted, networks, votes } = report.map;
  const own = networks[chosenNetworks("map")[0]];
  const percent = votes[mapAnswer()];
  const rows = ids.map((id, place) => ({
    GalaxyID: id,
    "volunteers say": said[voted[place]],
    "network says": said[own.said[place]],
    x: own.x[place],
    y: own.y[place],
    voted: percent[place] === null ? null : percent[place] / 100,
    place,
  }));
  for (const row of apart(rows)) row.picture = tileAddress(row.place);
  return rows;
}

// Galaxies that are far enough from each other for their pictures: of each cell of a grid one.
function apart(rows) {
  const chart = document.getElementById("chart-map");
  const [across, down] = [Math.max(Math.floor(chart.clientWidth / 58), 3), 8];
  const nearest = new Map();
  for (const row of rows) {
    const [x, y] = [((row.x + 1) / 2) * across, ((row.y + 1) / 2) * down];
    const cell = `${Math.floor(x)} ${Math.floor(y)}`;
    const distance = Math.hypot((x % 1) - 0.5, (y % 1) - 0.5);
    if (!nearest.has(cell) || distance < nearest.get(cell).distance) nearest.set(cell, { distance, row });
  }
  return Array.from(nearest.values(), (own) => own.row);
}

async function readTiles() {
  const image = new Image();
  image.src = report.map.tiles;
  await image.decode();
  report.map.image = image;
}

function tilePlace(place) {
  const { columns, tile } = report.map;
  return [(place % columns) * tile, Math.floor(place / columns) * tile];
}

function tileAddress(place) {
  const { image, tile } = report.map;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = tile;
  canvas.getContext("2d").drawImage(image, ...tilePlace(place), tile, tile, 0, 0, tile, tile);
  return canvas.toDataURL("image/jpeg", 0.85);
}

function line(text) {
  const paragraph = document.createElement("p");
  paragraph.textContent = text;
  return paragraph;
}

// What Vega calls when a mark is pointed at, and with null when it is left.
function showGalaxy(handler, event, item, value) {
  const card = document.getElementById("galaxy-card");
  card.hidden = !value;
  if (!value) return;
  const row = item.datum;
  const vote = row.voted === null ? "not known" : row.voted.toFixed(2);
  const picture = new Image(96, 96);
  picture.alt = "";
  picture.src = tileAddress(row.place);
  const text = document.createElement("div");
  const answer = document.getElementById("map-answer").selectedOptions[0].textContent;
  text.append(
    line(`GalaxyID ${row.GalaxyID}`),
    line(`Volunteers: ${row["volunteers say"]}`),
    line(`${chosenNetworks("map")[0]}: ${row["network says"]}`),
    line(`Voted “${answer}”: ${vote}`),
  );
  card.replaceChildren(picture, text);
  const width = document.documentElement.clientWidth;
  const left = Math.min(event.clientX + 14, width - card.offsetWidth - 8);
  const below = event.clientY + 14;
  const fits = below + card.offsetHeight < window.innerHeight;
  card.style.left = `${Math.max(left, 8)}px`;
  card.style.top = `${fits ? below : event.clientY - card.offsetHeight - 14}px`;
}

function hideGalaxy() {
  document.getElementById("galaxy-card").hidden = true;
}

document.addEventListener("keydown", (event) => event.key === "Escape" && report.map && hideGalaxy());
document.addEventListener("scroll", () => report.map && hideGalaxy());
