import { useNexus } from '../components/context';
import { Loaded } from '../components/Loaded';
import { About } from './About';
import { Allowance } from './Allowance';
import { DisplayChoices } from './DisplayChoices';
import { Identities } from './Identities';
import { MyData } from './MyData';
import { Password } from './Password';
import { Sessions } from './Sessions';

/** Who I am here: name, time zone, the leaderboard; ways in, sessions, limits, and my data. */
export function ProfilePage() {
  const { model, trans } = useNexus();
  return (
    <div className="nx-page-body">
      <h1>{trans.__('My profile')}</h1>
      <Loaded resource={model.me} lines={6}>
        {me => (
          <>
            <About me={me} />
            <DisplayChoices me={me} />
            <Password me={me} />
            <Identities />
            <Sessions />
            <Allowance />
            <MyData me={me} />
          </>
        )}
      </Loaded>
    </div>
  );
}
