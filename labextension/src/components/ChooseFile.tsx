interface Props {
  label: string;
  /** what a browser offers first: endings or media types, separated by commas */
  accept?: string;
  disabled: boolean;
  onChoose: (file: File) => void;
}

/** Takes one file from a person; the same one may be chosen again, for it may have been mended meanwhile. */
export function ChooseFile({ label, accept, disabled, onChoose }: Props) {
  return (
    <label>
      {label}{' '}
      <input
        type="file"
        accept={accept}
        disabled={disabled}
        onChange={event => {
          const [file] = event.target.files ?? [];
          event.target.value = '';
          if (file) {
            onChoose(file);
          }
        }}
      />
    </label>
  );
}
