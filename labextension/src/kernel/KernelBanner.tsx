import { useCallback, useSyncExternalStore } from 'react';
import { useNexus } from '../components/context';
import { useAction } from '../components/hooks';
import { type KernelTrouble, troubleText } from './trouble';
import type { KernelWatch } from './watch';

/** Above a notebook: what is wrong with its kernel, and what to do about it. */
export function KernelBanner({ watch }: { watch: KernelWatch }) {
  const { trouble } = useSyncExternalStore(watch.subscribe, watch.snapshot);
  return trouble ? <Banner key={trouble.kind} trouble={trouble} watch={watch} /> : null;
}

function Banner({ trouble, watch }: { trouble: KernelTrouble; watch: KernelWatch }) {
  const { trans } = useNexus();
  const { title, text } = troubleText(trouble, trans);
  const isGrave = trouble.kind === 'died' || trouble.kind === 'given-up';
  return (
    <div
      className={`nx-kernel-banner nx-note ${isGrave ? 'nx-note-problem' : 'nx-note-info'}`}
      data-kind={trouble.kind}
      role={isGrave ? 'alert' : 'status'}
    >
      {(trouble.kind === 'waiting' || trouble.kind === 'lost') && (
        <span className="nx-spinner" aria-hidden="true" />
      )}
      <div>
        <strong>{title}</strong>
        <p>{text}</p>
      </div>
      <Remedy trouble={trouble} watch={watch} />
    </div>
  );
}

function Remedy({ trouble, watch }: { trouble: KernelTrouble; watch: KernelWatch }) {
  const { trans } = useNexus();
  const restart = useAction(useCallback(() => watch.restart(), [watch]));
  const reconnect = useAction(useCallback(() => watch.reconnect(), [watch]));
  switch (trouble.kind) {
    case 'died':
      return (
        <Button
          action={restart}
          label={restart.busy ? trans.__('Restarting…') : trans.__('Restart the kernel')}
        />
      );
    case 'lost':
    case 'given-up':
      return <Button action={reconnect} label={trans.__('Try now')} />;
    case 'interrupted':
    case 'limit':
      return (
        <button type="button" className="nx-button" onClick={() => watch.dismiss()}>
          {trans.__('Close')}
        </button>
      );
    default:
      return null;
  }
}

function Button({ action, label }: { action: ReturnType<typeof useAction<[]>>; label: string }) {
  return (
    <span className="nx-banner-remedy">
      {action.problem && <span className="nx-inline-problem">{action.problem}</span>}
      <button type="button" className="nx-button" disabled={action.busy} onClick={() => void action.run()}>
        {label}
      </button>
    </span>
  );
}
