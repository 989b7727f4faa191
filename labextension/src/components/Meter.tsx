import { percent } from '../format';

/** A horizontal bar; `label` is what a screen reader says. */
export function Meter({ share, label }: { share: number; label: string }) {
  return (
    <div
      className="nx-meter"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
      aria-valuetext={percent(share)}
    >
      <div
        className="nx-meter-fill"
        style={{ width: `${Math.round(share * 100)}%` }}
        data-full={share >= 1}
      />
    </div>
  );
}
