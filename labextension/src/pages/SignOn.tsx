import type { Provider } from '../api/contract';
import { signOnUrl } from '../api/routes';
import { useSite } from './site';
import { signOnProblem } from './urls';

interface Props {
  baseUrl: string;
  next: string;
  providers: Provider[];
}

/** A way in for each identity provider of the site; nothing where there are none. */
export function SignOnLinks({ baseUrl, next, providers }: Props) {
  const { trans } = useSite();
  return (
    <>
      {providers.map(({ name, label }) => (
        <a key={name} className="nx-provider" href={signOnUrl(baseUrl, name, next)}>
          {trans.__('Log in with %1', label)}
        </a>
      ))}
    </>
  );
}

/** What went wrong at the provider or on the way back. */
export function SignOnProblem() {
  const problem = signOnProblem(window.location.search, useSite().trans);
  return problem ? (
    <p className="nx-alert" role="alert">
      {problem}
    </p>
  ) : null;
}
