import json
import re
from dataclasses import replace

import numpy as np
import pytest

from galaxyzoo.findings import Finding
from galaxyzoo.networks import find, names
from galaxyzoo.predict.residuals import learn_residuals
from galaxyzoo.report.citations import SOURCES
from galaxyzoo.report.facts import Contestant, Facts
from galaxyzoo.report.page import render
from galaxyzoo.scoring.baselines import BASELINES
from galaxyzoo.scoring.highlights import rank_galaxies
from galaxyzoo.scoring.leaderboard import PUBLISHED
from tests.conftest import ANSWERS, COLUMNS, QUESTIONS
from tests.report.facts_to_tell import make_facts, with_history, with_options
from tests.report.page_parts import Cells, Elements, recipe, told
from tests.small_tree import SMALL


@pytest.fixture(scope="module")
def page() -> str:
    return render(make_facts())


def with_networks(facts: Facts, networks: list[Contestant]) -> Facts:
    return replace(facts, networks=networks)


def test_the_same_facts_give_the_same_page(page: str) -> None:
    assert render(make_facts()) == page


def test_it_is_small_and_loads_nothing(page: str) -> None:
    assert len(page.encode()) <= 5_000_000
    elements = Elements(page)
    sources = [
        a["src"] or "" for tag in ("img", "script") for a in elements.attributes(tag) if "src" in a
    ]
    assert sources
    assert all(source.startswith("data:image/webp;base64,") for source in sources)
    assert [link["href"] for link in elements.attributes("link")] == ["data:,"]
    assert "default-src 'none'" in page


def test_rendered_galaxies_are_told_of_at_the_top(page: str) -> None:
    assert page.index("These galaxies are rendered") < page.index("<main")
    assert "These galaxies are rendered" not in render(make_facts(rendered=False))


def test_every_answer_has_its_exemplar_twice_and_its_gallery(page: str) -> None:
    elements = Elements(page)
    alternatives = [image["alt"] or "" for image in elements.attributes("img")]
    for what in ("Original image", "Processed image"):
        shown = [alt.split(": ")[1] for alt in alternatives if alt.startswith(what)]
        assert shown == list(ANSWERS.values())
    lists = [own["data-answer"] for own in elements.attributes("ul") if "data-answer" in own]
    assert lists == list(COLUMNS)


def test_charts_have_their_data(page: str) -> None:
    facts = make_facts()
    data = json.loads(re.findall(r'id="report-data">(.*?)</script>', page, re.DOTALL)[0])
    rows = {name: len(chart["rows"]) for name, chart in data["charts"].items()}
    assert rows["curves"] == sum(2 * len(network.history) for network in facts.networks)
    assert rows["answers"] == len(facts.networks) * len(COLUMNS)
    joint = data["charts"]["joint"]
    count, question = joint["fields"].index("count"), joint["fields"].index("question")
    whole = sum(row[count] for row in joint["rows"] if row[question] == "All questions")
    assert whole == len(facts.networks) * facts.voted.size


def test_it_answers_for_what_the_course_asks(page: str) -> None:
    for question in QUESTIONS:
        assert question.text in page
    for said in (
        "Weight decay",
        "mean vote",
        "central pixel",
        "Largest error of a sum",
        "save_jpegs",
    ):
        assert said in page


def test_what_is_odd_about_the_data_is_told_where_there_is_anything(page: str) -> None:
    assert "odd about the data" not in page
    assert "not known" not in told(page), "nor is what is not known, where all is"
    odd = Finding(
        "same-picture", 1234, ("1 = <script>2", "3 = 4"), "pictures are <b>", "Look & see"
    )
    told_odd = render(replace(make_facts(), findings=[odd]))
    rows = Cells(told_odd).tables["What is odd about the data"]
    assert rows[1] == [
        "same-picture",
        "1,234 pictures are <b>",
        "1 = <script>23 = 4",
        "Look & see",
    ]
    assert "<script>2" not in told(told_odd)
    assert '<a href="#odd">What is odd about the data</a>' in told_odd


def test_all_parameters_are_shown(page: str) -> None:
    rows = Cells(page).tables["All parameters of params.yaml"]
    expected = [["Parameter", "Value"]]
    for name, section in make_facts().parameters.items():
        expected += [[name]]
        expected += [[key, str(value)] for key, value in section.model_dump().items()]
    assert rows == expected


def test_the_optimiser_is_adamw_exactly_where_weights_decay(page: str) -> None:
    settings = recipe(page)
    assert settings["Setting"] == ["CNN", "ResNet-18", "Tuned ResNet"]
    assert settings["Optimiser"] == ["Adam", "Adam", "AdamW"]
    assert settings["Weight decay"] == ["none", "none", "0.05"]

    facts = make_facts()
    cnn, resnet, tuned = facts.networks
    swapped = [with_options(cnn, weight_decay=0.01), resnet, with_options(tuned, weight_decay=0.0)]
    settings = recipe(render(with_networks(facts, swapped)))
    assert settings["Optimiser"] == ["AdamW", "Adam", "Adam"]
    assert settings["Weight decay"] == ["0.01", "none", "none"]


def test_the_recipe_says_what_a_network_started_from() -> None:
    facts = make_facts()
    first, *others = facts.networks
    start = with_options(first, pretrained="models/start.safetensors")
    settings = recipe(render(with_networks(facts, [start, *others])))
    assert settings["First weights"] == ["of start.safetensors", "random", "random"]


def test_the_recipe_says_how_each_network_was_trained(page: str) -> None:
    settings = recipe(page)
    assert settings["Schedule"] == ["constant", "constant", "one cycle"]
    assert settings["Moving average of weights (EMA)"] == ["none", "none", "0.9"]
    assert settings["Statistics of batch norm"] == ["precise", "precise", "moving average"]
    assert settings["Augmentation"] == ["none", "none", "turned by up to 180°"]
    facts = make_facts()
    running = [with_options(network, precise_bn=False) for network in facts.networks]
    settings = recipe(render(with_networks(facts, running)))
    assert settings["Statistics of batch norm"] == ["running", "running", "moving average"]


@pytest.mark.parametrize("rendered", [True, False])
def test_models_are_ranked_the_best_first(rendered: bool) -> None:
    facts = make_facts(rendered=rendered)
    page = render(facts)
    head, *rows = Cells(page).tables["RMSE of every model, the best first"]
    assert ("Rank on Kaggle’s leaderboard" in head) != rendered  # noqa: RUF001
    parted = rows.index(["Published, on real galaxies"])
    (*own, floor), published = rows[:parted], rows[parted + 1 :]
    labels = {network.name: network.label for network in facts.networks} | BASELINES
    errors = {label: facts.results.rmse(name) for name, label in labels.items()}
    order = sorted(errors, key=errors.__getitem__)
    assert order[:3] == ["Tuned ResNet", "CNN", "ResNet-18"]
    assert [row[:2] for row in own] == [[label, f"{errors[label]:.4f}"] for label in order]
    noise = facts.results.noise_floor
    expected = ["Noise floor: a perfect model", f"{noise.lowest:.4f} to {noise.highest:.4f}"]
    assert floor == expected + [""] * (len(head) - 2)
    assert noise.in_words() in page
    gains = [float(row[2].rstrip("%")) for row in own]
    assert gains == sorted(gains, reverse=True)
    assert [row[1] for row in published] == [f"{own:.4f}" for own in sorted(PUBLISHED.values())]
    assert re.findall(r'<tr class="best"><th scope="row">(.*?)</th>', page) == ["Tuned ResNet"]


def test_galaxies_stand_in_the_order_of_their_rank(page: str) -> None:
    facts = make_facts()
    ranked = rank_galaxies(facts.best.predicted, facts.voted)
    gallery = page[: page.index('<h2 id="missed">')]
    shown = re.findall(r"GalaxyID (\d+)<br>RMSE ([\d.]+)</p>", gallery)
    expected = [(str(i), f"{error:.3f}") for errors in ranked for i, error in errors.items()]
    assert shown == expected


def test_galaxies_by_answer_are_those_with_the_highest_predictions(page: str) -> None:
    predicted = make_facts().best.predicted
    for column in COLUMNS:
        shown = page.split(f'data-answer="{column}"')[1].split('<ul class="cards"', maxsplit=1)[0]
        ids = re.findall(r'data-galaxy="(\d+)"', shown)
        highest = predicted[column].sort_values(ascending=False, kind="stable")[:8]
        assert ids == list(highest.index)


def test_citations_of_a_network_are_links_and_other_brackets_stay_text() -> None:
    facts = make_facts({"cnn": 0.1})
    about = "Blocks [he] and turns [cohen], but [nobody] wrote [this one], and a < b."
    network = replace(find("cnn"), about=about)
    page = render(with_networks(facts, [replace(facts.networks[0], network=network)]))
    assert (
        '<p>Blocks (<a href="#source-he">He et al. 2016</a>) and turns '
        '(<a href="#source-cohen">Cohen and Welling 2016</a>), but [nobody] wrote [this one], '
        "and a &lt; b.</p>"
    ) in page


@pytest.mark.parametrize("name", names())
def test_what_a_network_cites_is_a_source(name: str) -> None:
    assert set(re.findall(r"\[(\w+)\]", find(name).about)) <= set(SOURCES)


def test_every_link_within_the_page_leads_somewhere(page: str) -> None:
    elements = Elements(page)
    places = [attributes["id"] for _, attributes in elements.found if "id" in attributes]
    links = [link["href"] or "" for link in elements.attributes("a")]
    within = {link.removeprefix("#") for link in links if link.startswith("#")}
    assert within <= set(places)
    assert {f"source-{key}" for key in SOURCES} <= set(places)
    assert len(places) == len(set(places))


def test_it_says_whose_layers_tell_what_is_missed(page: str) -> None:
    assert "kernel ridge regression" not in page
    facts = make_facts()
    ones = np.ones((60, 1), np.float32)
    *others, last = facts.networks
    own = replace(last, residuals=learn_residuals(ones, np.zeros((60, 37)), 1))
    said = " ".join(render(with_networks(facts, [*others, own])).split())
    assert f"To what {last.label} says of a galaxy is added what was missed" in said
    assert "kernel ridge regression learns it from 60 of these (<a" in said


def test_batch_norm_is_told_with_both_errors_where_it_is_precise() -> None:
    facts = make_facts()
    cnn, resnet, tuned = facts.networks
    said = told(
        render(
            with_networks(
                facts,
                [
                    with_history(cnn, [0.25, 0.04], [0.25, 0.03], running=[0.25, 0.09]),
                    with_history(resnet, [0.25, 0.01], [0.25, 0.03], running=[0.25, 0.0225]),
                    with_history(tuned, [0.25, 0.01], [0.25, 0.03], running=[0.25, 0.16]),
                ],
            )
        )
    )
    assert "CNN goes from RMSE 0.3000 to 0.2000." in said
    assert "ResNet-18 goes from RMSE 0.1500 to 0.1000." in said
    assert "Tuned ResNet goes from" not in said
    assert "0.4000" not in said
    assert 'href="#source-wu"' in said


def test_batch_norm_is_not_told_of_where_none_is_precise() -> None:
    facts = make_facts()
    running = [with_options(network, precise_bn=False) for network in facts.networks]
    said = told(render(with_networks(facts, running)))
    assert "goes from RMSE" not in said
    assert 'href="#source-wu"' not in said


def test_the_page_is_of_whatever_tree_it_is_given() -> None:
    facts = make_facts(tree=SMALL)
    page = render(facts)
    said = told(page)
    for question in SMALL.questions:
        assert f"{SMALL.number(question)}. {question.text}" in said
    assert not any(question.text in page for question in QUESTIONS)
    assert not any(column in page for column in COLUMNS)
    assert "There are 3 questions" in said
    assert "nobody is asked more than 3." in said
    assert "gives 7 numbers between 0 and 1" in said
    assert "“Round” or “Flat” were asked “Does it have tails?”" in said
    assert recipe(page)["Objective"] == ["MSE over all 7 fractions"] * 3
    text = re.sub(r"<style>.*?</style>|<[^>]*>", "", said, flags=re.DOTALL)
    assert re.findall(r".*(?<![\d.,])37(?![\d.,%]).*", text) == []
    elements = Elements(page)
    lists = [own["data-answer"] for own in elements.attributes("ul") if "data-answer" in own]
    assert lists == list(SMALL.columns)
    alternatives = [image["alt"] or "" for image in elements.attributes("img")]
    shown = [alt.split(": ")[1] for alt in alternatives if alt.startswith("Original image")]
    assert shown == list(SMALL.texts.values())
    questions = [row[0] for row in Cells(page).tables["RMSE by question"]]
    assert questions == ["Question", *(f"{SMALL.number(q)}. {q.text}" for q in SMALL.questions)]
