"""The language of the interface: the study's, if there is a catalogue of it, else English."""

import os
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from tracker_app.study.remarks import INTERFACE_LANGUAGES

OVERRIDE = "TRACKER_LANGUAGE"  # of the environment: a language instead of the study's
SOURCE = "en"  # that of the literals in the code
CATALOGUES = Path(__file__).parent
QT_CATALOGUES = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))


def install_language(
    app: QCoreApplication, wanted: str, environment: Mapping[str, str] = os.environ
) -> str:
    """Let the texts of widgets made from now on, and their numbers, be in a language.

    Qt's own texts, such as the menu of a text field, are translated too.

    Args:
        app: keeps the catalogues as long as it lives.
        wanted: the study's language, such as "de".
        environment: whose `TRACKER_LANGUAGE` wins over it.

    Returns:
        The language: "en" where there is no catalogue of the one wanted.
    """
    wanted = environment.get(OVERRIDE, wanted)
    language = wanted if wanted in INTERFACE_LANGUAGES else SOURCE
    QLocale.setDefault(QLocale(language))
    if language != SOURCE:
        for catalogue in (QT_CATALOGUES / f"qtbase_{language}.qm", catalogue_of(language)):
            translator = QTranslator(app)
            if translator.load(str(catalogue)):
                app.installTranslator(translator)
    return language


def catalogue_of(language: str) -> Path:
    """The compiled catalogue of a language."""
    return CATALOGUES / f"tracker_{language}.qm"
