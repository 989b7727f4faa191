/** What is open for writing; known before the code that writes is loaded. */
export const openDocuments: {
  /** Save everything; false when something stays unsaved. */
  saveAll: () => Promise<boolean>;
  /** Wait until the server has what was left: before that, a file that is read anew is older than the work in it. */
  putAway: () => Promise<unknown>;
} = { saveAll: async () => true, putAway: async () => undefined };
