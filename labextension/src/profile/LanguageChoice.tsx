import { useCallback } from 'react';
import type { User } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction } from '../components/hooks';
import { Outcome, readable } from './parts';

/** Each language by its own name: whoever looks for theirs need not read another one. */
const LANGUAGES: [Exclude<User['language'], ''>, string][] = [
  ['en', 'English'],
  ['de', 'Deutsch'],
  ['es', 'Español']
];

/** The language of the pages and of mails, kept with the account; the page is loaded again in it. */
export function LanguageChoice({ me }: { me: User }) {
  const { model, trans } = useNexus();
  const save = useAction(
    useCallback(
      async (language: User['language']) => {
        model.me.set(await readable(model.api.patch(routes.me, { language })));
        window.location.reload();
      },
      [model]
    )
  );
  return (
    <>
      <label>
        {trans.__('Language')}
        <select
          className="nx-text"
          value={me.language}
          disabled={save.busy}
          onChange={event => void save.run(event.target.value as User['language'])}
        >
          <option value="">{trans.__('as the browser asks')}</option>
          {LANGUAGES.map(([code, name]) => (
            <option key={code} value={code} lang={code}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <Outcome action={save} done={null} />
    </>
  );
}
