/** Why something could not be done, beside what was to do it. */
export function InlineProblem({ text, as: Tag = 'span' }: { text: string | null; as?: 'span' | 'p' }) {
  return text ? (
    <Tag className="nx-inline-problem" role="alert">
      {text}
    </Tag>
  ) : null;
}
