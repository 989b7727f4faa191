import type { TableProblem } from '../api/contract';
import { ChooseFile } from './ChooseFile';
import { useNexus } from './context';

/** Takes a CSV file. */
export function ChooseTable(props: { disabled: boolean; onChoose: (file: File) => void }) {
  const { trans } = useNexus();
  return <ChooseFile label={trans.__('CSV file')} accept=".csv,text/csv,text/plain" {...props} />;
}

/** What of a CSV file cannot be taken over; nothing where all can. */
export function TableProblems({ problems }: { problems: TableProblem[] }) {
  const { trans } = useNexus();
  if (problems.length === 0) {
    return null;
  }
  return (
    <>
      <p role="alert">{trans.__('Nothing can be written before this is mended:')}</p>
      <ul>
        {problems.map(({ line, column, message }) => (
          <li key={`${line}/${column}`}>
            {trans.__('Line %1, %2:', line, column)} {message}
          </li>
        ))}
      </ul>
    </>
  );
}
