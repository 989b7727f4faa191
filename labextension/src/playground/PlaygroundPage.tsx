import { useCallback, useState } from 'react';
import type { Language, MissingLanguage, Run } from '../api/contract';
import { STARTERS } from '../api/playground';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useEvery, useFetched, useResource } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Loaded } from '../components/Loaded';
import { Tabs } from '../components/Tabs';
import { CodeInput } from './CodeInput';
import { RunView } from './RunView';

/** How often the page asks whether a language is there by now. */
const LOOK_MS = 5000;

/** Try a piece of code: it runs once, in a container of its own that is gone afterwards. */
export function PlaygroundPage() {
  const { model, trans } = useNexus();
  const languages = useFetched('languages', async () => {
    return await model.api.get(routes.languages);
  });
  const isPreparing = useResource(languages).data?.missing.some(each => each.is_preparing) ?? false;
  useEvery(LOOK_MS, isPreparing, () => void languages.reload());
  return (
    <div className="nx-page-body nx-playground">
      <h1>{trans.__('Playground')}</h1>
      <Loaded
        resource={languages}
        empty={{ when: ({ items }) => items.length === 0, text: trans.__('No language is installed here.') }}
      >
        {({ items, missing }) => (
          <>
            <Workbench
              languages={items}
              preparable={missing.filter(each => each.minutes !== null)}
              onPrepare={() => languages.reload()}
            />
            <Missing languages={missing.filter(each => each.minutes === null)} />
          </>
        )}
      </Loaded>
    </div>
  );
}

/** Languages that somebody may wish for, and how they come. */
function Missing({ languages }: { languages: Language[] }) {
  const { trans } = useNexus();
  if (languages.length === 0) {
    return null;
  }
  const names = languages.map(({ name }) => nameOf(name, trans)).join(', ');
  const command = `nexus images ${languages.map(each => each.kernel_name).join(' ')}`;
  return (
    <p>
      {trans.__('Not set up here: %1. For an administrator:', names)} <code>{command}</code>
    </p>
  );
}

interface WorkbenchProps {
  languages: Language[];
  /** those that are prepared when somebody first runs something in them */
  preparable: MissingLanguage[];
  onPrepare: () => Promise<unknown>;
}

function Workbench({ languages, preparable, onPrepare }: WorkbenchProps) {
  const { model, trans } = useNexus();
  const first = languages.find(({ name }) => name === 'python') ?? languages[0];
  const [language, setLanguage] = useState(first.name);
  const [programs, setPrograms] = useState(STARTERS);
  const [stdin, setStdin] = useState('Ada\n');
  const [shown, setShown] = useState<{ language: string; run: Run } | null>(null);
  const absent = preparable.find(({ name }) => name === language);
  const code = programs[language] ?? '';
  const send = useCallback(
    async (name: string, text: string, input: string) => {
      setShown(null);
      try {
        const run = await model.api.post(routes.runs, { language: name, code: text, stdin: input });
        setShown({ language: name, run });
      } finally {
        if (absent) {
          await onPrepare();
        }
      }
    },
    [model, absent, onPrepare]
  );
  const action = useAction(send);
  const start = () => {
    if (!action.busy) {
      void action.run(language, code, stdin);
    }
  };
  const change = (name: string) => {
    setLanguage(name);
    setShown(null);
  };
  return (
    <>
      <div className="nx-playground-bar">
        <Tabs
          label={trans.__('Language')}
          tabs={[...languages, ...preparable].map(({ name }) => [name, nameOf(name, trans)])}
          current={language}
          onChange={change}
        />
        <button
          type="button"
          className="nx-button"
          data-primary="true"
          disabled={action.busy}
          onClick={start}
        >
          {action.busy ? trans.__('Running…') : trans.__('Run')}
        </button>
      </div>
      {absent && <Preparation language={absent} />}
      <CodeInput
        label={trans.__('Your code')}
        language={COLOURED_AS[language] ?? language}
        code={code}
        onChange={text => setPrograms(all => ({ ...all, [language]: text }))}
        onRun={start}
      />
      <label>
        {trans.__('Answers to the program’s questions, one a line')}
        <textarea
          className="nx-text nx-playground-stdin"
          rows={2}
          maxLength={50_000}
          value={stdin}
          onChange={event => setStdin(event.target.value)}
        />
      </label>
      <InlineProblem as="p" text={action.problem} />
      <div aria-live="polite">{shown?.language === language && <RunView run={shown.run} />}</div>
    </>
  );
}

/** What is to be known of a language that is not here yet. */
export function Preparation({ language }: { language: MissingLanguage }) {
  const { trans } = useNexus();
  const name = nameOf(language.name, trans);
  return (
    <p role="status">
      {language.is_preparing
        ? trans.__('%1 is being prepared, about %2 min. You may go on writing.', name, language.minutes ?? 0)
        : trans.__(
            '%1 is not set up here yet. Run prepares it for everybody, about %2 min.',
            name,
            language.minutes ?? 0
          )}
    </p>
  );
}

/** How the editor colours what is no language of its own. */
const COLOURED_AS: Record<string, string> = { data: 'python' };

/** Languages as their makers write them. */
const NAMES: Record<string, string> = {
  bash: 'Bash',
  c: 'C',
  python: 'Python',
  javascript: 'JavaScript',
  octave: 'Octave',
  r: 'R',
  sql: 'SQL',
  typescript: 'TypeScript'
};

function nameOf(language: string, trans: { __: (text: string) => string }): string {
  return language === 'data' ? trans.__('Python with data tools') : (NAMES[language] ?? language);
}
