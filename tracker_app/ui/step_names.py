"""What participants call the steps of a study."""

from tracker_app.ui.texts import tr


def step_name(step: str) -> str:
    """The name of a recorded step."""
    match step:
        case "code":
            return tr("Your code")
        case "welcome":
            return tr("Welcome")
        case "consent":
            return tr("Consent")
        case "questionnaire":
            return tr("Questions about you")
        case "instructions":
            return tr("Instructions")
        case "setup":
            return tr("Camera set-up")
        case "calibration":
            return tr("Calibration")
        case "topic":
            return tr("Choice of a topic")
        case "knowledge_before" | "knowledge_after":
            return tr("What you know")
        case "talk":
            return tr("Talk")
        case "summary":
            return tr("Your summary")
        case "key_sentence":
            return tr("Key sentence")
        case "feedback":
            return tr("Your comment")
        case "review":
            return tr("This review")
        case _:
            return step
