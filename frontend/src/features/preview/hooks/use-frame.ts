/** Talks with the frame: gives it its document, hears what it tells, and notices when the page in it has gone. */

import { type RefObject, useCallback, useEffect, useReducer, useRef } from "react";
import { messageOf } from "@/shared/preview/messages";
import { frameReducer, NEW_FRAME } from "./frame-state";

const PING_MS = 1000;
/** A page that answers none of so many has gone, or its scripts stand still. */
const PINGS_MAX = 4;
/** A page may reload itself, after signing in for example; one that does nothing else is stopped. */
const DOCUMENTS_MAX = 5;
/** Messages heard a second; the others are dropped before they cost anything. */
const MESSAGES_PER_SECOND_MAX = 200;

export function useFrame(
  frame: RefObject<HTMLIFrameElement | null>,
  page: string,
  onPage: (path: string) => void,
) {
  const [state, dispatch] = useReducer(frameReducer, NEW_FRAME);
  const pings = useRef(0);
  const timer = useRef<ReturnType<typeof setInterval> | undefined>(undefined);

  const stopPinging = useCallback(() => clearInterval(timer.current), []);

  /** Anything may have been loaded, by us or by the page's own scripts: ours answers. */
  const onLoad = useCallback(() => {
    stopPinging();
    pings.current = 0;
    const ping = () => {
      pings.current += 1;
      if (pings.current > PINGS_MAX) {
        stopPinging();
        dispatch({ preview: "left" });
      } else {
        frame.current?.contentWindow?.postMessage({ preview: "ping" }, "*");
      }
    };
    ping();
    timer.current = setInterval(ping, PING_MS);
  }, [frame, stopPinging]);

  useEffect(() => {
    let documents = 0;
    let heard = 0;
    let second = 0;
    dispatch({ preview: "begin" });
    function hear(event: MessageEvent) {
      if (event.source === null || event.source !== frame.current?.contentWindow) return;
      const now = Math.floor(event.timeStamp / 1000);
      if (now !== second) [second, heard] = [now, 0];
      heard += 1;
      const message = messageOf(event.data);
      if (message === null || heard > MESSAGES_PER_SECOND_MAX) return;
      if (message.preview === "ready") {
        documents += 1;
        if (documents > DOCUMENTS_MAX) dispatch({ preview: "looping" });
        else frame.current.contentWindow?.postMessage({ document: page }, "*");
      }
      if (message.preview === "alive") stopPinging();
      if (message.preview === "page") onPage(message.path);
      else dispatch(message);
    }
    addEventListener("message", hear);
    return () => {
      removeEventListener("message", hear);
      stopPinging();
    };
  }, [frame, page, onPage, stopPinging]);

  return { state, onLoad };
}
