import { type RefObject, useCallback, useEffect, useRef } from 'react';
import { useNexus } from '../components/context';
import { nextStep, stepBefore } from './video-steps';

interface Props {
  player: RefObject<HTMLVideoElement>;
}

/** Buttons that play a video caption by caption: each plays on to the next one, and stops there. */
export function VideoSteps({ player }: Props) {
  const { trans } = useNexus();
  const { back, play } = useSteps(player);
  return (
    <p className="nx-video-steps">
      <button type="button" className="nx-button" onClick={back}>
        {trans.__('Back one step')}
      </button>
      <button type="button" className="nx-button" onClick={play}>
        {trans.__('Play one step')}
      </button>
    </p>
  );
}

function useSteps(player: RefObject<HTMLVideoElement>) {
  const until = useRef<number | null>(null);

  useEffect(() => {
    const video = player.current;
    const track = video?.textTracks[0];
    if (!video || !track) {
      return;
    }
    if (track.mode === 'disabled') {
      track.mode = 'hidden'; // a disabled track has no cues
    }
    const stop = () => {
      if (until.current !== null && video.currentTime >= until.current) {
        until.current = null;
        video.pause();
      }
    };
    const forget = () => {
      until.current = null;
    };
    video.addEventListener('timeupdate', stop);
    video.addEventListener('seeking', forget);
    return () => {
      video.removeEventListener('timeupdate', stop);
      video.removeEventListener('seeking', forget);
    };
  }, [player]);

  const back = useCallback(() => {
    const video = player.current;
    if (video) {
      video.pause();
      video.currentTime = stepBefore(startsOf(video), video.currentTime);
    }
  }, [player]);

  const play = useCallback(() => {
    const video = player.current;
    if (video) {
      until.current = nextStep(startsOf(video), video.currentTime);
      // a browser that refuses says so in its own player
      video.play().catch(() => undefined);
    }
  }, [player]);

  return { back, play };
}

function startsOf(video: HTMLVideoElement): number[] {
  return Array.from(video.textTracks[0]?.cues ?? [], cue => cue.startTime);
}
