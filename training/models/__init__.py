"""The tables of training."""

from training.models.allowances import TimeAllowance
from training.models.assignments import Assignment
from training.models.attempts import Attempt, AttemptAnswer
from training.models.certificates import Certificate, CertificateTemplate
from training.models.community import HelpAnswer, HelpQuestion
from training.models.courses import Course, Objective
from training.models.enrolments import CheckAnswer, Enrolment, LessonProgress, LessonReading
from training.models.exams import Exam
from training.models.exercises import Exercise, ExerciseVersion, ExerciseWork
from training.models.lessons import Lesson, LessonVersion
from training.models.mentoring import MentorOffer, Mentorship
from training.models.notes import LessonNote, LessonProblem
from training.models.office_hours import OfficeHour, OfficeSeat
from training.models.paths import Path, PathLesson
from training.models.practices import Practice, PracticeAnswer
from training.models.prerequisites import Placement, Prerequisite, PrerequisiteEdition
from training.models.publications import KeySight, Publication, PublicationEntry, QuestionDraft
from training.models.questions import Question
from training.models.recall import RecallCard, RecallReview
from training.models.reviews import CalibrationMark, Marking, Review, ReviewPost
from training.models.rights import PostponedAct
from training.models.signing import SigningKey
from training.models.thanks import Thanks

__all__ = [
    "Assignment",
    "Attempt",
    "AttemptAnswer",
    "CalibrationMark",
    "Certificate",
    "CertificateTemplate",
    "CheckAnswer",
    "Course",
    "Enrolment",
    "Exam",
    "Exercise",
    "ExerciseVersion",
    "ExerciseWork",
    "KeySight",
    "HelpAnswer",
    "HelpQuestion",
    "Lesson",
    "LessonNote",
    "LessonProblem",
    "LessonProgress",
    "LessonReading",
    "LessonVersion",
    "Marking",
    "MentorOffer",
    "Mentorship",
    "Objective",
    "OfficeHour",
    "OfficeSeat",
    "Path",
    "PathLesson",
    "Placement",
    "PostponedAct",
    "Practice",
    "PracticeAnswer",
    "Publication",
    "PublicationEntry",
    "Prerequisite",
    "PrerequisiteEdition",
    "Question",
    "QuestionDraft",
    "RecallCard",
    "RecallReview",
    "Review",
    "ReviewPost",
    "SigningKey",
    "Thanks",
    "TimeAllowance",
]
