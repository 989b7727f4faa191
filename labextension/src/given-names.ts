/** The names of the ranks and badges that come with the product; those of authors stay as they are. Pure. */

interface Words {
  __: (text: string) => string;
}

function namesOf(trans: Words): Record<string, string> {
  return {
    Novice: trans.__('Novice'),
    Scripter: trans.__('Scripter'),
    'AI Architect': trans.__('AI Architect'),
    'First Step': trans.__('First Step'),
    Explorer: trans.__('Explorer'),
    Pathfinder: trans.__('Pathfinder'),
    Summit: trans.__('Summit'),
    'Lab Coat': trans.__('Lab Coat'),
    'Lab Regular': trans.__('Lab Regular'),
    'Lab Veteran': trans.__('Lab Veteran'),
    Perfectionist: trans.__('Perfectionist'),
    Flawless: trans.__('Flawless'),
    'Quiz Whiz': trans.__('Quiz Whiz'),
    'Quiz Master': trans.__('Quiz Master'),
    'Top Marks': trans.__('Top Marks'),
    'Helping Hand': trans.__('Helping Hand'),
    Mentor: trans.__('Mentor'),
    'Seven in a Row': trans.__('Seven in a Row'),
    'Thirty in a Row': trans.__('Thirty in a Row'),
    'Steady Hand': trans.__('Steady Hand'),
    'The Long Run': trans.__('The Long Run'),
    'Good Flow': trans.__('Good Flow'),
    'All-Rounder': trans.__('All-Rounder'),
    'Wide Horizon': trans.__('Wide Horizon'),
    'Deep Water': trans.__('Deep Water')
  };
}

/** A rank's or badge's name in the reader's language. */
export function givenName(name: string, trans: Words): string {
  const names = namesOf(trans);
  return Object.hasOwn(names, name) ? names[name] : name;
}
