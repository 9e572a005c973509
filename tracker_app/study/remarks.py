"""What is allowed in a study file but probably not meant: worth a look, never a mistake."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from tracker_app.loopback import is_on_this_computer
from tracker_app.study.duration import minutes_needed
from tracker_app.study.positions import Path
from tracker_app.study.study import ModelSpec, ProviderKind, Study, TickId

INTERFACE_LANGUAGES = ("en", "de")  # buttons and hints: English, and the catalogues beside ui
LONGEST_KEY_NAME = 30
CAMERA_WORDS = ("camera", "webcam", "kamera", "cámara", "caméra", "fotocamera")
ALONE = "each computer counts alone, for there is no [server]"
Remark = tuple[Path, str]


def remarks_on(study: Study, *, is_whole: bool = True) -> list[Remark]:
    """Everything worth a look in a study, with the way to it.

    Args:
        study: that was read; of a file with mistakes, its right part.
        is_whole: whether it is valid; if not, what cannot be judged is left out.
    """
    remarks: list[Remark] = []
    for look in _LOOKS:
        try:
            remarks.extend(look(study))
        except AttributeError:  # it needs a key that is wrong
            if is_whole:
                raise
    return remarks


def _consent(study: Study) -> Iterator[Remark]:
    consent = study.consent
    ids = {t.id: i for i, t in enumerate(consent.ticks)}
    text = f"{consent.summary} {consent.text}".lower()
    if TickId.GAZE in ids and not any(word in text for word in CAMERA_WORDS):
        sentence = "the text never mentions the camera, though a tick asks for gaze"
        yield ("consent", "text"), sentence
    if TickId.GAZE not in ids and TickId.MOUSE not in ids:
        sentence = 'with no tick "gaze" and no tick "mouse", neither eyes nor mouse are recorded'
        yield ("consent", "ticks"), sentence
    elif TickId.MOUSE not in ids:
        yield ("consent", "ticks"), 'there is no tick "mouse", so the mouse is not recorded'
    if TickId.TEXT not in ids:
        sentence = 'there is no tick "text", though questions and answers are kept; ask for it'
        yield ("consent", "ticks"), sentence
    for name in (TickId.PUBLIC_RELEASE, TickId.EYE_FEATURES):
        at = ids.get(name)
        if at is not None and consent.ticks[at].required:
            sentence = f'nobody can take part without agreeing to "{name}"; required = false?'
            yield ("consent", "ticks", at), sentence


def _eyes(study: Study) -> Iterator[Remark]:
    asks = any(t.id == TickId.EYE_FEATURES for t in study.consent.ticks)
    keeps = study.recording.eye_features
    if keeps != "none" and not asks and "eye_features" in study.recording.model_fields_set:
        sentence = f'"{keeps}" is never kept: no tick asks for eye_features'
        yield ("recording", "eye_features"), sentence
    if keeps == "none" and asks:
        sentence = 'a tick asks for eye_features, but "none" are kept'
        yield ("recording", "eye_features"), sentence


def _money(study: Study) -> Iterator[Remark]:
    completion = study.completion
    if not completion.leaving_is_paid and not completion.left:
        path: Path = ("completion", "leaving_is_paid")
        sentence = "who stops early, or cannot be calibrated, gets no code and no pay"
        yield path, f"{sentence}; write leaving_is_paid = true, or give left a code"
    if completion.leaving_is_paid and not completion.left and not completion.complete:
        yield ("completion", "leaving_is_paid"), "it is said to be paid, but there is no code"
    shared = completion.complete and completion.complete == completion.screened_out
    if shared:
        sentence = "the same code as complete: nobody can tell the two apart"
        yield ("completion", "screened_out"), sentence


def _access(study: Study) -> Iterator[Remark]:
    access = study.access
    if access.codes and access.entry == "open":
        sentence = 'nobody is asked for them, for entry is "open"; write entry = "code"'
        yield ("access", "codes"), sentence
    yield from _twice(("access", "codes"), [code.upper() for code in access.codes])
    if access.state != "open":
        yield ("access", "state"), f'nobody can take part while the study is "{access.state}"'


def _talk(study: Study) -> Iterator[Remark]:
    talk = study.talk
    if talk.mode == "pairwise" and talk.min_turns == 1:
        sentence = "with one turn nobody compares how the two go on; the protocol has 3"
        yield ("talk", "min_turns"), sentence
    if talk.min_turns == talk.max_turns:
        yield ("talk", "max_turns"), "nobody can ask more than they must: min_turns is the same"
    if study.treatments and {m.provider for m in study.models} == {ProviderKind.SCRIPTED}:
        yield ("treatments",), "fixed answers stay the same: there is no other model"
    yield from _twice(("talk", "openers"), talk.openers)
    yield from _twice(("ratings", "labels"), study.ratings.labels)
    for i, treatment in enumerate(study.treatments):
        if not treatment.suffix[0].isspace():
            sentence = "it is added right behind the question: begin it with a space"
            yield ("treatments", i, "suffix"), sentence


def _questions(study: Study) -> Iterator[Remark]:
    questions = study.questionnaire.questions if study.questionnaire else []
    for i, question in enumerate(questions):
        path: Path = ("questionnaire", "questions", i)
        yield from _twice((*path, "options"), question.options)
        unused = {"low", "high"} if question.kind in ("choice", "text") else set()
        unused |= {"low_label", "high_label"} if question.kind != "scale" else set()
        for key in sorted(unused & question.model_fields_set):
            yield (*path, key), f'a question of the kind "{question.kind}" does not use it'
    after = study.after
    if after.summary_min_characters and not after.summary:
        yield ("after", "summary_min_characters"), "no summary is asked for: summary is false"


def _topics(study: Study) -> Iterator[Remark]:
    for i, topic in enumerate(study.topics):
        yield from _twice(("topics", i, "openers"), topic.openers)
    yield from _twice(("topics",), [t.title for t in study.topics], key="title")
    tasks = study.tasks
    if "topics_shown" in tasks.model_fields_set and tasks.choice == "assigned":
        yield ("tasks", "topics_shown"), 'nobody chooses, for choice is "assigned"'


def _models(study: Study) -> Iterator[Remark]:
    providers = [m.provider for m in study.models]
    if set(providers) == {ProviderKind.EMBEDDED}:
        sentence = "only the small built-in model answers; name others before people come"
        yield ("models",), sentence
    elif study.talk.mode == "pairwise" and len(providers) == 1:
        sentence = "both answers are of this model and differ by chance alone; add another"
        yield ("models",), sentence
    for i, model in enumerate(study.models):
        yield from _model(study, model, ("models", i))


def _assignment(study: Study) -> Iterator[Remark]:
    rules = study.assignment
    paired = {one for pair in rules.pairs for one in pair}
    for i, model in enumerate(study.models):
        if rules.pairs and model.id not in paired:
            yield ("models", i), "it stands in no pair of [assignment], so nobody meets it"
    path: Path = ("assignment", "sessions_per_pair")
    if rules.sessions_per_pair % 2 and study.talk.mode == "pairwise":
        yield path, "with an even number each model would stand on each side as often"
    if rules.sessions_per_pair and study.server is None:
        yield path, ALONE


def _items(study: Study) -> Iterator[Remark]:
    rules, n = study.items, max((len(item.responses) for item in study.fixed_items), default=0)
    pairs = n * (n - 1) // 2 if study.answers_per_turn > 1 else n
    if rules is not None and rules.raters < pairs:
        what = "pairs" if study.answers_per_turn > 1 else "responses"
        sentence = f"an item has {pairs} {what}: not each of them is judged with {rules.raters}"
        yield ("items", "raters"), sentence
    if rules is not None and study.server is None:
        yield ("items", "raters"), ALONE


def _model(study: Study, model: ModelSpec, path: Path) -> Iterator[Remark]:
    if model.provider is ProviderKind.SCRIPTED and study.server is not None:
        sentence = "answers written beforehand, in a study that sends its data to a server"
        yield (*path, "provider"), sentence
    if _is_open_to_listeners(model.endpoint):
        yield (*path, "endpoint"), "http:// lets others read the questions; write https://"
    if model.key_name.startswith("sk-") or len(model.key_name) > LONGEST_KEY_NAME:
        yield (*path, "key_name"), "this looks like a key itself; write only its name, and renew it"
    unused = {
        ProviderKind.OPENAI: {"answers"},
        ProviderKind.ANTHROPIC: {"answers"},
        ProviderKind.PROXY: set(),  # what it does not use is a mistake there
        ProviderKind.EMBEDDED: {"answers", "endpoint", "model", "key_name"},
        ProviderKind.SCRIPTED: {"endpoint", "model", "key_name", "parameters"},
    }[model.provider]
    for key in sorted(unused & model.model_fields_set):
        yield (*path, key), f'a model whose provider is "{model.provider}" does not use it'


def _rest(study: Study) -> Iterator[Remark]:
    if study.server is not None and _is_open_to_listeners(study.server.url):
        yield ("server", "url"), "http:// lets others read what is sent; write https://"
    if study.language not in INTERFACE_LANGUAGES:
        known = " and ".join(f'"{language}"' for language in INTERFACE_LANGUAGES)
        sentence = f'buttons and hints have no translation to "{study.language}", only {known}'
        yield ("language",), sentence
    needed = minutes_needed(study)
    if not needed / 1.5 <= study.minutes <= max(needed * 2, needed + 5):
        sentence = f"people are told {study.minutes} minutes; what is asked takes about {needed}"
        yield ("minutes",), sentence


def _twice(path: Path, words: list[str], key: str = "") -> Iterator[Remark]:
    for i, word in enumerate(words):
        if word in words[:i]:
            yield (*path, i, *((key,) if key else ())), f'"{word}" stands there twice'


def _is_open_to_listeners(address: str) -> bool:
    return urlsplit(address).scheme == "http" and not is_on_this_computer(address)


_LOOKS: tuple[Callable[[Study], Iterator[Remark]], ...] = (
    _consent, _eyes, _money, _access, _talk, _questions, _topics, _models, _assignment, _items,
    _rest,
)  # fmt: skip
