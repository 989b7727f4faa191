/** Every address that the front end knows. No other module spells one. */

import { API_PREFIX, type Names, type Template } from './operations';

declare const TEMPLATE: unique symbol;

/** A path below the API's prefix; its type says which of the document's it is. */
export type Address<T extends Template> = string & { readonly [TEMPLATE]: T };

/** Fill a template of the document in. */
function at<T extends Template>(
  template: T,
  ...values: [Names<T>] extends [never] ? [] : [Record<Names<T>, string>]
): Address<T> {
  const [named = {}] = values as [Record<string, string>?];
  return template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(named[name])) as Address<T>;
}

/** A question of a lab, to a class */
interface MarkingPlace {
  cohortId: string;
  nodeId: string;
  gradeId: string;
}

const named = ({ cohortId, nodeId, gradeId }: MarkingPlace) => ({
  cohort_id: cohortId,
  node_id: nodeId,
  grade_id: gradeId
});

export const routes = {
  events: '/events',
  alive: at('/health/live'),

  register: at('/auth/register'),
  login: at('/auth/login'),
  refresh: at('/auth/refresh'),
  logout: at('/auth/logout'),
  logoutEverywhere: at('/auth/logout-all'),
  passwordReset: at('/auth/password-reset'),
  passwordResetConfirm: at('/auth/password-reset/confirm'),
  verifyEmail: at('/auth/verify-email'),

  me: at('/me'),
  password: at('/me/password'),
  search: at('/search'),
  due: at('/me/due'),
  badges: at('/me/badges'),
  activity: at('/me/activity'),
  goal: at('/me/goal'),
  next: at('/me/next'),
  concepts: at('/me/concepts'),
  practice: at('/me/practice'),
  practiceAnswers: at('/me/practice/answers'),
  practiceCode: at('/me/practice/code'),
  classes: at('/me/cohorts'),
  notices: at('/me/notifications'),
  noticesRead: at('/me/notifications/read'),
  limits: at('/me/limits'),
  notebookVersions: at('/me/notebook-versions'),
  notebookVersion: (version_id: string) => at('/me/notebook-versions/{version_id}', { version_id }),
  notebookRestore: (version_id: string) => at('/me/notebook-versions/{version_id}/restore', { version_id }),
  sessions: at('/me/sessions'),
  session: (session_id: string) => at('/me/sessions/{session_id}', { session_id }),
  identities: at('/me/identities'),
  identity: (identity_id: string) => at('/me/identities/{identity_id}', { identity_id }),
  export: at('/me/export'),
  joinCohort: at('/cohorts/join'),

  roadmaps: at('/roadmaps'),
  roadmap: (slug: string) => at('/roadmaps/{slug}', { slug }),
  node: (node_id: string) => at('/nodes/{node_id}', { node_id }),
  exam: (node_id: string) => at('/nodes/{node_id}/exam', { node_id }),
  examOverview: (node_id: string) => at('/teaching/nodes/{node_id}/exam', { node_id }),
  examRelease: (node_id: string) => at('/teaching/nodes/{node_id}/exam/release', { node_id }),
  openNode: (node_id: string) => at('/nodes/{node_id}/open', { node_id }),
  completeNode: (node_id: string) => at('/nodes/{node_id}/complete', { node_id }),
  resetNode: (node_id: string) => at('/nodes/{node_id}/reset', { node_id }),
  practiceCopy: (node_id: string) => at('/nodes/{node_id}/practice-copy', { node_id }),
  position: (node_id: string) => at('/nodes/{node_id}/position', { node_id }),
  quiz: (node_id: string) => at('/nodes/{node_id}/quiz', { node_id }),
  quizAttempts: (node_id: string) => at('/nodes/{node_id}/quiz/attempts', { node_id }),
  submissions: (node_id: string) => at('/nodes/{node_id}/submissions', { node_id }),
  submission: (submission_id: string) => at('/submissions/{submission_id}', { submission_id }),
  feedback: (submission_id: string) => at('/submissions/{submission_id}/feedback', { submission_id }),

  leaderboard: (board: string) => at('/leaderboards/{board}', { board }),
  hints: at('/hints'),
  firstHint: at('/hints/first'),
  hintRating: (hint_id: string) => at('/hints/{hint_id}/rating', { hint_id }),
  tutor: at('/tutor'),
  help: at('/help'),
  helpQueue: at('/teaching/help'),
  helpAnswer: (request_id: string) => at('/teaching/help/{request_id}/answer', { request_id }),
  tutorPolicies: at('/teaching/tutor/policies'),
  tutorPolicy: (policy_id: string) => at('/teaching/tutor/policies/{policy_id}', { policy_id }),
  cohortTutorPolicy: (cohort_id: string) => at('/teaching/tutor/policies/cohorts/{cohort_id}', { cohort_id }),
  chat: (room: string) => at('/chat/{room}', { room }),
  languages: at('/playground/languages'),
  runs: at('/playground/runs'),

  threads: at('/forum/threads'),
  thread: (thread_id: string) => at('/forum/threads/{thread_id}', { thread_id }),
  posts: (thread_id: string) => at('/forum/threads/{thread_id}/posts', { thread_id }),
  post: (post_id: string) => at('/forum/posts/{post_id}', { post_id }),
  vote: (post_id: string) => at('/forum/posts/{post_id}/vote', { post_id }),
  accept: (post_id: string) => at('/forum/posts/{post_id}/accept', { post_id }),
  report: (post_id: string) => at('/forum/posts/{post_id}/report', { post_id }),
  moderation: (post_id: string) => at('/forum/posts/{post_id}/moderation', { post_id }),
  reports: at('/forum/reports'),
  follow: (thread_id: string) => at('/forum/threads/{thread_id}/follow', { thread_id }),
  postVersions: (post_id: string) => at('/forum/posts/{post_id}/versions', { post_id }),
  appeal: (post_id: string) => at('/forum/posts/{post_id}/appeal', { post_id }),
  digest: at('/forum/digest'),
  blocks: at('/forum/blocks'),
  block: (user_id: string) => at('/forum/blocks/{user_id}', { user_id }),

  cohorts: at('/teaching/cohorts'),
  cohort: (cohort_id: string) => at('/teaching/cohorts/{cohort_id}', { cohort_id }),
  classCopies: (cohort_id: string) => at('/teaching/cohorts/{cohort_id}/copies', { cohort_id }),
  workGroups: (cohort_id: string, node_id: string) =>
    at('/teaching/cohorts/{cohort_id}/groups/{node_id}', { cohort_id, node_id }),
  randomGroups: (cohort_id: string, node_id: string) =>
    at('/teaching/cohorts/{cohort_id}/groups/{node_id}/random', { cohort_id, node_id }),
  classMessages: (cohort_id: string) => at('/teaching/cohorts/{cohort_id}/messages', { cohort_id }),
  members: (cohort_id: string) => at('/teaching/cohorts/{cohort_id}/members', { cohort_id }),
  member: (cohort_id: string, user_id: string) =>
    at('/teaching/cohorts/{cohort_id}/members/{user_id}', { cohort_id, user_id }),
  lessons: (cohort_id: string) => at('/teaching/cohorts/{cohort_id}/lessons', { cohort_id }),
  lesson: (cohort_id: string, lesson_id: string) =>
    at('/teaching/cohorts/{cohort_id}/lessons/{lesson_id}', { cohort_id, lesson_id }),
  gradebook: (slug: string) => at('/teaching/roadmaps/{slug}/gradebook', { slug }),
  orders: (slug: string) => at('/teaching/roadmaps/{slug}/orders', { slug }),
  ordersCsv: (slug: string) => at('/teaching/roadmaps/{slug}/orders.csv', { slug }),
  gradebookExport: (slug: string) => at('/teaching/roadmaps/{slug}/gradebook/export', { slug }),
  gradebookChanges: (slug: string) => at('/teaching/roadmaps/{slug}/gradebook/changes', { slug }),
  gradeImportPreview: (slug: string) => at('/teaching/roadmaps/{slug}/gradebook/import-preview', { slug }),
  gradeImport: (slug: string) => at('/teaching/roadmaps/{slug}/gradebook/import', { slug }),
  gradebookNote: (slug: string, user_id: string) =>
    at('/teaching/roadmaps/{slug}/gradebook/notes/{user_id}', { slug, user_id }),
  gradingScheme: (cohort_id: string, slug: string) =>
    at('/teaching/cohorts/{cohort_id}/roadmaps/{slug}/grading-scheme', { cohort_id, slug }),
  stepMarks: (node_id: string, user_id: string) =>
    at('/teaching/nodes/{node_id}/marks/{user_id}', { node_id, user_id }),
  classConcepts: (slug: string) => at('/teaching/roadmaps/{slug}/concepts', { slug }),
  analytics: (node_id: string) => at('/teaching/nodes/{node_id}/analytics', { node_id }),
  similarity: (node_id: string) => at('/teaching/nodes/{node_id}/similarity', { node_id }),
  preview: (node_id: string) => at('/teaching/nodes/{node_id}/preview', { node_id }),
  overrides: (node_id: string) => at('/teaching/nodes/{node_id}/overrides', { node_id }),
  learnerOverride: (node_id: string, user_id: string) =>
    at('/teaching/nodes/{node_id}/overrides/learners/{user_id}', { node_id, user_id }),
  cohortOverride: (node_id: string, cohort_id: string) =>
    at('/teaching/nodes/{node_id}/overrides/cohorts/{cohort_id}', { node_id, cohort_id }),
  labels: at('/teaching/labels'),
  memberLabels: (cohort_id: string, user_id: string) =>
    at('/teaching/cohorts/{cohort_id}/members/{user_id}/labels', { cohort_id, user_id }),
  labelOverride: (node_id: string, cohort_id: string, label: string) =>
    at('/teaching/nodes/{node_id}/overrides/cohorts/{cohort_id}/labels/{label}', {
      node_id,
      cohort_id,
      label
    }),
  regradeNode: (node_id: string) => at('/teaching/nodes/{node_id}/regrade', { node_id }),
  regradePreview: (node_id: string) => at('/teaching/nodes/{node_id}/regrade-preview', { node_id }),
  taughtSubmissions: at('/teaching/submissions'),
  taughtSubmission: (submission_id: string) => at('/teaching/submissions/{submission_id}', { submission_id }),
  taughtFeedback: (submission_id: string) =>
    at('/teaching/submissions/{submission_id}/feedback', { submission_id }),
  regrade: (submission_id: string) => at('/teaching/submissions/{submission_id}/regrade', { submission_id }),
  manualScore: (submission_id: string) =>
    at('/teaching/submissions/{submission_id}/manual-score', { submission_id }),
  markingLabs: (cohort_id: string) => at('/teaching/cohorts/{cohort_id}/marking', { cohort_id }),
  markingDesk: (cohort_id: string, node_id: string) =>
    at('/teaching/cohorts/{cohort_id}/marking/{node_id}', { cohort_id, node_id }),
  markingDifferences: (cohort_id: string, node_id: string) =>
    at('/teaching/cohorts/{cohort_id}/marking/{node_id}/differences', { cohort_id, node_id }),
  settledMark: (cohort_id: string, node_id: string, answer_id: string) =>
    at('/teaching/cohorts/{cohort_id}/marking/{node_id}/differences/{answer_id}', {
      cohort_id,
      node_id,
      answer_id
    }),
  markingUndo: ({ cohortId, nodeId }: MarkingPlace) =>
    at('/teaching/cohorts/{cohort_id}/marking/{node_id}/undo', { cohort_id: cohortId, node_id: nodeId }),
  markingQuestion: (place: MarkingPlace) =>
    at('/teaching/cohorts/{cohort_id}/marking/{node_id}/questions/{grade_id}', named(place)),
  rubric: (place: MarkingPlace) =>
    at('/teaching/cohorts/{cohort_id}/marking/{node_id}/questions/{grade_id}/rubric', named(place)),
  markingNext: (place: MarkingPlace) =>
    at('/teaching/cohorts/{cohort_id}/marking/{node_id}/questions/{grade_id}/next', named(place)),
  markingRelease: (place: MarkingPlace) =>
    at('/teaching/cohorts/{cohort_id}/marking/{node_id}/questions/{grade_id}/release', named(place)),
  marks: (place: MarkingPlace) =>
    at('/teaching/cohorts/{cohort_id}/marking/{node_id}/questions/{grade_id}/marks', named(place)),
  ownRegradeRequests: (submission_id: string) =>
    at('/submissions/{submission_id}/regrade-requests', { submission_id }),
  regradeRequests: at('/teaching/regrade-requests'),
  regradeAnswer: (look_id: string) => at('/teaching/regrade-requests/{look_id}/answer', { look_id }),
  sources: at('/teaching/sources'),
  authors: (slug: string) => at('/teaching/sources/{slug}/authors', { slug }),
  author: (slug: string, user_id: string) =>
    at('/teaching/sources/{slug}/authors/{user_id}', { slug, user_id }),
  versions: (slug: string) => at('/teaching/sources/{slug}/versions', { slug }),
  version: (slug: string, commit: string) =>
    at('/teaching/sources/{slug}/versions/{commit}', { slug, commit }),
  drafts: at('/teaching/drafts'),
  draft: (draft_id: string) => at('/teaching/drafts/{draft_id}', { draft_id }),
  draftDifferences: (draft_id: string) => at('/teaching/drafts/{draft_id}/differences', { draft_id }),
  draftRelease: (draft_id: string) => at('/teaching/drafts/{draft_id}/release', { draft_id }),
  draftSteps: (draft_id: string) => at('/teaching/drafts/{draft_id}/steps', { draft_id }),
  draftStep: (draft_id: string, slug: string) =>
    at('/teaching/drafts/{draft_id}/steps/{slug}', { draft_id, slug }),
  stepData: (draft_id: string, slug: string) =>
    at('/teaching/drafts/{draft_id}/steps/{slug}/data', { draft_id, slug }),
  stepQuiz: (draft_id: string, slug: string) =>
    at('/teaching/drafts/{draft_id}/steps/{slug}/quiz', { draft_id, slug }),
  stepVideo: (draft_id: string, slug: string) =>
    at('/teaching/drafts/{draft_id}/steps/{slug}/video', { draft_id, slug }),
  draftMedia: (draft_id: string) => at('/teaching/drafts/{draft_id}/media', { draft_id }),
  draftImports: (draft_id: string) => at('/teaching/drafts/{draft_id}/imports', { draft_id }),
  draftText: (draft_id: string, path: string) =>
    at('/teaching/drafts/{draft_id}/texts/{path}', { draft_id, path }),
  draftCheck: (draft_id: string) => at('/teaching/drafts/{draft_id}/check', { draft_id }),
  draftPublish: (draft_id: string) => at('/teaching/drafts/{draft_id}/publish', { draft_id }),
  draftSettle: (draft_id: string) => at('/teaching/drafts/{draft_id}/settle', { draft_id }),
  draftRestore: (draft_id: string) => at('/teaching/drafts/{draft_id}/restore', { draft_id }),
  accountLists: at('/admin/account-lists'),
  accountListPreview: at('/admin/account-lists/preview'),
  accounts: at('/admin/users'),
  account: (user_id: string) => at('/admin/users/{user_id}', { user_id }),
  accountReset: (user_id: string) => at('/admin/users/{user_id}/password-reset', { user_id }),
  servers: at('/admin/servers'),
  serverDrain: (server_id: string) => at('/admin/servers/{server_id}/drain', { server_id }),
  kernels: at('/admin/kernels'),
  kernel: (kernel_id: string) => at('/admin/kernels/{kernel_id}', { kernel_id }),
  gradingQueue: at('/admin/queue'),
  streakRepairs: at('/admin/streak-repairs'),
  audit: at('/admin/audit'),
  settings: at('/admin/settings'),
  health: at('/admin/health'),
  contentStatus: at('/teaching/content/status'),
  contentSync: at('/teaching/content/sync')
};

/** Whether asking there is about logging in itself: a refusal is then no reason to renew the login. */
export function isAboutLogin(address: string): boolean {
  return address.startsWith('/auth/');
}

/** An address of the API on a server whose base address ends with a slash. */
export function apiUrl(baseUrl: string, address: string): string {
  return baseUrl + API_PREFIX + address;
}

/** Where a browser begins to log in at an identity provider. */
export function signOnUrl(baseUrl: string, provider: string, next: string): string {
  const query = new URLSearchParams({ next }).toString();
  return `${apiUrl(baseUrl, at('/auth/oidc/{provider}/login', { provider }))}?${query}`;
}

/** A stand-alone page; `search` is kept as it is. */
export function pageUrl(
  baseUrl: string,
  page: 'login' | 'register' | 'reset-password',
  search: string = ''
): string {
  return `${baseUrl}nexus/${page}${search}`;
}

/** The login page, which leads back to `next`. */
export function loginUrl(baseUrl: string, next: string): string {
  return pageUrl(baseUrl, 'login', `?${new URLSearchParams({ next })}`);
}

/** Where everybody arrives, and whoever is logged in is led on to where they learn. */
export function frontUrl(baseUrl: string): string {
  return `${baseUrl}nexus`;
}

/** JupyterLab itself. */
export function labUrl(baseUrl: string): string {
  return `${baseUrl}lab`;
}

/** The learner's application, below which each of its pages has an address. */
export function learnUrl(baseUrl: string): string {
  return `${baseUrl}nexus/learn`;
}

/** Whether a path leads to a stand-alone page or to the API, and not to where people learn. */
export function isOwnPage(baseUrl: string, path: string): boolean {
  const learn = learnUrl(baseUrl);
  const isLearn = path.startsWith(learn) && !/^[^/?#]/.test(path.slice(learn.length));
  return path.startsWith(`${baseUrl}nexus/`) && !isLearn;
}

/** Jupyter's own addresses that are asked for before its client is loaded, below the server's base address. */
export const jupyterRoutes = {
  sessions: 'api/sessions',
  notebook: (path: string) =>
    `api/contents/${path.split('/').map(encodeURIComponent).join('/')}?type=notebook&content=1&hash=1`,
  /** JupyterLab keeps the theme among its settings */
  themeSettings: 'lab/api/settings/@jupyterlab/apputils-extension:themes'
};

/** Whether an address is a file of Jupyter Server's contents API. */
export function isContentsUrl(url: string): boolean {
  return url.includes('/api/contents/');
}
