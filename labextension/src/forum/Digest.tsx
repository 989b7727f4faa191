import { useCallback, useState } from 'react';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { useAction, useResource } from '../components/hooks';
import { InlineProblem } from '../components/InlineProblem';
import { Resource } from '../model/resource';

/** The switch of the mail about what is new; it is off until somebody wants it. */
export function Digest() {
  const { model, trans } = useNexus();
  const [resource] = useState(() => new Resource(() => model.api.get(routes.digest)));
  const { data } = useResource(resource);
  const change = useAction(
    useCallback(
      async (wanted: boolean) => {
        await model.api.put(routes.digest, { wanted });
        resource.set({ wanted });
      },
      [model, resource]
    )
  );
  return data ? (
    <p>
      <label className="nx-menu-check">
        <input
          type="checkbox"
          checked={data.wanted}
          disabled={change.busy}
          onChange={event => void change.run(event.target.checked)}
        />
        {trans.__('A mail a day about what is new in threads that I follow')}
      </label>
      <InlineProblem text={change.problem} />
    </p>
  ) : null;
}
