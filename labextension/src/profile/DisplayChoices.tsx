import { useState } from 'react';
import type { User } from '../api/contract';
import { useNexus } from '../components/context';
import { chooseDisplay, type Display, readDisplay } from '../display';
import { LanguageChoice } from './LanguageChoice';
import { Section } from './parts';

/** The language, kept with the account; contrast, typeface and motion, shown at once and kept in this browser. */
export function DisplayChoices({ me }: { me: User }) {
  const { trans } = useNexus();
  const [display, setDisplay] = useState(() => readDisplay(localStorage));
  const choose = (change: Partial<Display>) => {
    const now = { ...display, ...change };
    setDisplay(now);
    chooseDisplay(document.documentElement, localStorage, now);
  };
  return (
    <Section title={trans.__('Display')}>
      <div className="nx-settings-form">
        <LanguageChoice me={me} />
        <p className="nx-muted">{trans.__('What follows holds at once, for this browser.')}</p>
        <Choice
          label={trans.__('Contrast')}
          value={display.contrast}
          choices={[
            ['system', trans.__('as the system asks')],
            ['normal', trans.__('normal')],
            ['high', trans.__('high')]
          ]}
          choose={contrast => choose({ contrast })}
        />
        <Choice
          label={trans.__('Text')}
          value={display.reading}
          choices={[
            ['normal', trans.__('normal')],
            ['easy', trans.__('easier to read: wide spacing, clear letters, nothing slanted')]
          ]}
          choose={reading => choose({ reading })}
        />
        <Choice
          label={trans.__('Motion')}
          value={display.motion}
          choices={[
            ['system', trans.__('as the system asks')],
            ['reduced', trans.__('nothing moves')]
          ]}
          choose={motion => choose({ motion })}
        />
      </div>
    </Section>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  choices: [T, string][];
  choose: (value: T) => void;
}

function Choice<T extends string>({ label, value, choices, choose }: ChoiceProps<T>) {
  return (
    <label>
      {label}
      <select
        className="nx-text"
        value={value}
        onChange={event => choose(choices[event.target.selectedIndex][0])}
      >
        {choices.map(([name, word]) => (
          <option key={name} value={name}>
            {word}
          </option>
        ))}
      </select>
    </label>
  );
}
