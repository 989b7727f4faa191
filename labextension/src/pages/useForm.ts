import type { TranslationBundle } from '@jupyterlab/translation';
import { type FormEvent, useCallback, useState } from 'react';
import { ApiError, messageOf } from '../api/errors';
import { useSite } from './site';

export interface Form {
  busy: boolean;
  /** what is wrong with the form as a whole */
  problem: string | null;
  /** what is wrong with each field */
  fieldProblems: Record<string, string>;
  onSubmit: (event: FormEvent<HTMLFormElement>) => void;
}

/** Send a form's values with `send`; keep what was typed when it fails. */
export function useForm(send: (values: Record<string, string>) => Promise<void>): Form {
  const { trans } = useSite();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [fieldProblems, setFieldProblems] = useState<Record<string, string>>({});
  const onSubmit = useCallback(
    async (event: FormEvent<HTMLFormElement>) => {
      event.preventDefault();
      const values = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>;
      setBusy(true);
      setProblem(null);
      setFieldProblems({});
      try {
        await send(values);
      } catch (error) {
        const fields = error instanceof ApiError ? error.fields : [];
        setFieldProblems(Object.fromEntries(fields.map(({ field, message }) => [field, message])));
        setProblem(fields.length ? null : waitText(error, trans));
      } finally {
        setBusy(false);
      }
    },
    [send, trans]
  );
  return { busy, problem, fieldProblems, onSubmit: event => void onSubmit(event) };
}

function waitText(error: unknown, trans: TranslationBundle): string {
  const seconds = error instanceof ApiError && error.status === 429 ? error.retryAfterSeconds : null;
  return seconds ? `${messageOf(error)} ${trans.__('Try again in %1 s.', seconds)}` : messageOf(error);
}
