/** What is open for writing; known before the code that writes is loaded. */
export const openDocuments: {
  /** Save everything; false when something stays unsaved. */
  saveAll: () => Promise<boolean>;
} = { saveAll: async () => true };
