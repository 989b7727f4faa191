/** What the playground starts with, and how it shows what a run printed. */

/** What a program looks like in a language that nobody typed anything in yet; nothing for languages not known here. */
export const STARTERS: Record<string, string> = {
  python: 'name = input("Who are you? ")\nprint(f"Hello, {name}!")\n',
  data: "import pandas as pd\n\npets = pd.DataFrame({'name': ['Rex', 'Tweety'], 'legs': [4, 2]})\npets[pets['legs'] > 2]\n",
  bash: 'read -p "Who are you? " name\necho "Hello, $name!"\nprintf "%s\\n" pear apple | sort\n',
  c: 'int square(int x) {\n  return x * x;\n}\nfor (int i = 1; i <= 3; i++)\n  printf("%d\\n", square(i));\n',
  octave: 'name = input("Who are you? ", "s");\nprintf("Hello, %s\\n", name)\nx = [2 3 5 7];\nmean(x)\n',
  r: 'name <- readline("Who are you? ")\ncat("Hello,", name, "\\n")\nsummary(c(2, 3, 5, 7))\n',
  javascript: 'const name = "Ada";\nconsole.log("Hello,", name);\n',
  sql: "CREATE TABLE pets (name TEXT, legs INTEGER);\nINSERT INTO pets VALUES ('Rex', 4), ('Tweety', 2);\nSELECT name FROM pets WHERE legs > 2;\n",
  typescript: 'const name: string = "Ada";\nconsole.log("Hello,", name);\n'
};

/** Text without the colours that terminals would draw it in. */
export function withoutColours(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what such codes begin with
  return text.replace(/\u001b\[[0-9;]*m/g, '');
}
