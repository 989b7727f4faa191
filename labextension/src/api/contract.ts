/** The JSON of the API, by the names that the front end uses. The types are made from the API's document. */

import type * as Api from './schema';

export type Id = string;
/** RFC 3339, UTC */
export type Time = string;

export type User = Api.ProfileOut;
/** a notebook as it was at a moment */
export type NotebookVersion = Api.NotebookVersionView;
export type OwnSession = Api.SessionOut;
export type Limit = Api.LimitOut;
/** what I may still use */
export type Limits = Api.LimitsOut;
export type Provider = Api.ProviderOut;
export type Identity = Api.IdentityOut;
export type Identities = Api.IdentitiesOut;
export type Notice = Api.NotificationOut;

export type Difficulty = Api.Difficulty;
export type NodeStatus = Api.NodeStatus;
export type NodeType = Api.NodeView['type'];
export type Roadmap = Api.RoadmapView;
export type RoadmapDetail = Api.RoadmapDetail;
export type Hit = Api.HitView;
export type HitList = Api.HitList;
export type DueLab = Api.DueView;
export type NodeSummary = Api.NodeView;
export type NodeDetail = Api.NodeDetail;
export type NodeVideo = Api.VideoView;
export type NodeLab = Api.LabView;
/** a timed exam as it stands for me */
export type ExamOnLab = Api.ExamView;
/** how a lab stands for a student of mine */
export type StudentExam = Api.StudentExam;
export type ChangedTerm = Api.ChangedTerm;
export type Unlocked = Api.UnlockedView;
export type Completed = Api.CompletedView;
export type Position = Api.PositionView;

export type Question = Api.QuestionView;
export type QuestionType = Question['type'];
export type Choice = Api.ChoiceView;
export type Quiz = Api.QuizView;
export type QuestionResult = Api.QuestionResult;
export type QuizResult = Api.QuizResult;
/** an answer that was given */
export type Answer = NonNullable<Api.AttemptIn['answers'][string]>;

export type GradedCell = Api.CellView;
export type CellStatus = GradedCell['status'];
export type Submission = Api.SubmissionView;
export type SubmissionStatus = Submission['status'];

/** An error of a cell, with its traceback as lines. */
export type CellError = Required<Api.ErrorIn> & { traceback: string[] };
export type HintRequest = Api.HintIn & { error?: CellError | null };
export type Hint = Api.HintOut;
export type FirstHint = Api.FirstHintOut;
export type ChatMessage = Api.MessageOut;
/** what the tutor does for me, and who said so */
export type TutorState = Api.TutorOut;
export type TutorPolicy = Api.TutorPolicyView;
export type TutorPolicyList = Api.TutorPolicyList;
export type TutorPolicyChange = Api.TutorPolicyIn;
export type HelpRequest = Api.HelpOut;
export type HelpList = Api.HelpList;

export type BoardName = 'weekly_xp' | 'all_time_xp';
export type Board = Api.BoardOut;
export type BoardEntry = Api.PlaceOut;
export type Badge = Api.BadgeOut;
export type JoinedCohort = Api.JoinedCohortOut;
export type Activity = Api.ActivityOut;
/** what is next, and why */
export type Advice = Api.AdviceOut;
/** a concept, and how well I know it */
export type Concept = Api.ConceptOut;
export type Practice = Api.PracticeOut;
export type PracticeItem = Api.PracticeItemOut;
export type PracticeTask = Api.PracticeTaskOut;
export type PracticeResult = Api.PracticeResultOut;
export type CodeResult = Api.CodeResultOut;
export type ActiveDay = Api.ActiveDayOut;
export type Goal = Api.GoalOut;
export type GoalKind = Api.GoalKind;

export type Language = Api.LanguageOut;
export type MissingLanguage = Api.MissingLanguageOut;
export type Run = Api.RunOut;

export type Author = Api.AuthorOut;
export type Thread = Api.ThreadOut;
export type ThreadSort = Api.Sort;
export type ThreadDetail = Api.ThreadDetailOut;
export type Post = Api.PostOut;
export type Report = Api.ReportOut;
export type PostVersions = Api.PostVersionsOut;
export type ReportedPost = Api.ReportedPostOut;

export type Cohort = Api.ListedCohortOut;
/** as what somebody teaches a class */
export type ClassStaff = Cohort['my_role'];
export type CohortChange = Api.CohortChangeIn;
/** a person in a class */
export type Member = Api.MemberOut;
/** a lab that a class begins, and when */
export type AnnouncedLesson = Api.LessonView;
/** a lab's own terms, and who has others */
export type LabTerms = Api.LabTerms;
export type TermsOverride = Api.OverrideView;
/** a label of a class, by which terms may differ */
export type ClassLabel = Api.LabelView;
/** the terms that differ; null lifts one */
export type TermsChange = Api.OverrideIn;
export type Gradebook = Api.GradebookView;
export type GradebookNode = Api.GradebookNode;
export type GradebookRow = Api.GradebookRow;
export type GradebookCell = Api.GradebookCell;
/** how the final grades of a class come about */
export type GradingScheme = Api.GradebookView['scheme'];
export type GradingCategory = GradingScheme['categories'][number];
/** scores that persons gave for a step, the newest first */
export type StepMarks = Api.StepMarkHistory;
/** what a CSV file changes in a gradebook */
export type GradeImport = Api.GradeImport;
/** what a list of accounts would make */
export type AccountImport = Api.AccountImport;
/** a cell of a CSV file that cannot be taken over */
export type TableProblem = Api.TableProblem;
/** what changed since an export */
export type ExportedChanges = Api.ExportedChanges;
/** what a class knows */
export type OrderReport = Api.OrderReport;
export type ConceptMatrix = Api.ConceptMatrix;
export type NodeAnalytics = Api.NodeAnalytics;
export type PointOfFailure = Api.PointOfFailure;
export type TaughtSubmission = Api.TaughtSubmission;
export type TaughtSubmissionList = Api.TaughtSubmissionList;
export type RegradeOutcome = Api.RegradeOutcomeOut;
export type RegradePreviewPage = Api.RegradePreviewPage;
export type SubmissionDetail = Api.SubmissionDetail;
export type GivenGrade = Api.GradeView;
/** a lab's questions for people */
export type MarkingDesk = Api.DeskView;
export type MarkingDeskChange = Api.DeskChange;
/** answers that two people marked differently */
export type Disagreements = Api.Disagreements;
export type Disagreement = Disagreements['items'][number];
export type QuestionToMark = Api.QuestionToMark;
export type AnswersInHand = Api.InHand;
export type HandAnswer = Api.AnswerView;
/** which answers are taken for the same */
export type Likeness = NonNullable<Api.NextIn['by']>;
export type MarkOutcome = Api.MarkOut;
export type Rubric = Api.RubricView;
export type RubricItem = Api.RubricItemView;
export type RubricChange = Api.RubricIn;
/** a learner asks for another look at points */
export type RegradeRequest = Api.RegradeRequestView;
export type SimilarityReport = Api.SimilarityReport;
export type SimilarPair = Api.SimilarPair;
export type Side = Api.Side;
/** first and last line on the left, then on the right, counted from 1 */
export type Match = SimilarPair['matches'][number];
export type NodePreview = Api.NodePreview;
export type Draft = Api.DraftView;
export type DraftOutcome = Api.DraftOutcome;
export type DraftProblem = Api.DraftProblem;
export type DraftRelease = Api.ReleaseView;
export type DraftStep = Api.StepView;
export type DraftImport = Api.ImportOutcome;
export type ImportedStep = Api.ImportedStepView;
export type DraftMedia = Api.MediaView;
export type DraftVideo = Api.DraftVideoView;
/** a quiz as its file has it, with its key */
export type QuizSource = Api.QuizFileOutput;
export type QuizChange = Api.QuizFileInput;
export type StepChange = Api.StepChangeIn;
export type FileDifference = Api.FileDifference;
export type CellDifference = Api.CellDifference;
export type RoadmapSource = Api.SourceView;
export type SourceVersion = Api.VersionView;
export type ContentProblem = Api.ProblemView;
export type ContentStatus = Api.ContentStatus;
export type SyncResult = Api.SyncResult;

/** a person, to an administrator */
export type Account = Api.UserOut;
export type Role = Api.Role;
export type RunningKernel = Api.KernelOut;
export type SiteServer = Api.ServerView;
export type GradingQueue = Api.QueueView;
export type QueuedSubmission = Api.QueuedView;
export type SettingsGroup = Api.SettingsGroupView;
export type SettingInForce = Api.SettingView;
/** what a repair of streaks does, or would do */
export type StreakRepair = Api.StreakRepairOut;
export type HealthFinding = Api.FindingOut;

/** A message of the event socket: `type` says which. */
export type NexusEvent = Api.Event;
/** with whom I hand a lab in */
export type GroupOfLab = NonNullable<NodeLab['group']>;
/** the groups of a class in a lab, and what to make of them */
export type WorkGroups = Api.GroupsView;
export type GroupsChange = Api.GroupsIn;
