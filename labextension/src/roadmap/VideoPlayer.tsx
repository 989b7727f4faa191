import { useCallback, useEffect, useRef, useState } from 'react';
import type { NodeDetail, NodeVideo, Unlocked } from '../api/contract';
import { routes } from '../api/routes';
import { useNexus } from '../components/context';
import { Html } from '../components/Html';
import { Meter } from '../components/Meter';
import { percent } from '../format';
import { VideoSteps } from './VideoSteps';
import { addWatched, type Interval, watchedShare } from './watched';

/** seconds of watching between two reports */
const REPORT_EVERY_S = 10;
/** seconds before the end from which a video counts as seen to the end */
const NEAR_END_S = 3;

interface Props {
  node: NodeDetail;
  video: NodeVideo;
  onUnlocked: (unlocked: Unlocked[]) => void;
}

/** An HTML5 player that resumes, and reports what was watched. */
export function VideoPlayer({ node, video, onUnlocked }: Props) {
  const { trans } = useNexus();
  const ref = useRef<HTMLVideoElement>(null);
  const { share, onTime, onPause } = useWatched(node, ref, onUnlocked);
  const resume = () => {
    // whoever watched it to the end begins anew
    if (ref.current && node.position && node.position < ref.current.duration - NEAR_END_S) {
      ref.current.currentTime = node.position;
    }
  };
  return (
    <section className="nx-video" aria-label={trans.__('Video')}>
      {/* biome-ignore lint/a11y/useMediaCaption: captions are offered whenever the author wrote some */}
      <video
        ref={ref}
        controls
        preload="metadata"
        src={video.url}
        onLoadedMetadata={resume}
        onTimeUpdate={onTime}
        onPause={onPause}
        onEnded={onPause}
      >
        {video.captions_url && <track kind="captions" src={video.captions_url} />}
      </video>
      {video.captions_url && <VideoSteps player={ref} />}
      <p className="nx-video-share">
        <Meter share={share} label={trans.__('Watched')} />
        <span className="nx-muted">
          {trans.__('%1 watched', percent(share))}
          {video.required_share !== null &&
            share < video.required_share &&
            ` · ${trans.__('%1 needed', percent(video.required_share))}`}
        </span>
      </p>
      {video.transcript_html && (
        <details className="nx-transcript">
          <summary>{trans.__('Transcript')}</summary>
          <Html html={video.transcript_html} />
        </details>
      )}
    </section>
  );
}

function useWatched(
  node: NodeDetail,
  ref: React.RefObject<HTMLVideoElement>,
  onUnlocked: (unlocked: Unlocked[]) => void
) {
  const { model } = useNexus();
  const watched = useRef<Interval[]>(node.watched ?? []);
  const last = useRef<number | null>(null);
  const reported = useRef(0);
  const [share, setShare] = useState(node.watched_share ?? 0);

  const done = useRef(node.status === 'completed');
  const report = useCallback(() => {
    const position = ref.current?.currentTime ?? reported.current;
    reported.current = position;
    model.api.put(routes.position(node.id), { position, watched: watched.current }).then(
      stored => {
        if (stored.status === 'completed' && !done.current) {
          done.current = true;
          onUnlocked(stored.unlocked);
          void model.reloadProgress();
        }
      },
      // a lost report is made good by the next one
      () => undefined
    );
  }, [model, node.id, onUnlocked, ref]);

  const onTime = useCallback(() => {
    const player = ref.current;
    if (!player) {
      return;
    }
    const now = player.currentTime;
    const from = last.current;
    // a jump is not watching
    if (from !== null && now > from && now - from < 2 * player.playbackRate) {
      watched.current = addWatched(watched.current, [from, now]);
      setShare(watchedShare(watched.current, player.duration));
    }
    last.current = now;
    if (Math.abs(now - reported.current) >= REPORT_EVERY_S) {
      report();
    }
  }, [ref, report]);

  useEffect(() => report, [report]);
  return { share, onTime, onPause: report };
}
