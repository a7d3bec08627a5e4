/** A question that must be answered before anything else. What draws it is loaded when the first one is asked. */

import { lazy, type ReactNode, type RefObject, Suspense, useEffect, useRef } from "react";
import { useProblemText } from "./query-problem";
import { toast } from "./toast-queue";

/** What the action does, as a mutation tells of it. */
export interface Attempt {
  isPending: boolean;
  error: Error | null;
  reset: () => void;
}

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  /** What it means, in a sentence or two. */
  description: ReactNode;
  children?: ReactNode;
  action: string;
  look?: "primary" | "danger";
  /** The action cannot be taken yet. */
  blocked?: boolean;
  attempt: Attempt;
  onAction: () => void;
  /** Where typing begins; the first control otherwise. */
  initialFocus?: RefObject<HTMLElement | null>;
}

const OpenDialog = lazy(() => import("./dialog-open"));

export function Dialog(props: DialogProps) {
  const asked = useRef(false);
  asked.current ||= props.open;
  useForgotten(props.open, props.attempt);
  if (!asked.current) return null;
  // Once asked it stays, closed: it is what gives the focus back.
  return (
    <Suspense fallback={null}>
      <OpenDialog {...props} />
    </Suspense>
  );
}

/** A dialog opens clean: what went wrong is forgotten as it closes, and said in passing if it was closed before. */
function useForgotten(open: boolean, { error, reset }: Attempt): void {
  const problemText = useProblemText();
  const said = useRef(false);
  useEffect(() => {
    if (open || error === null) {
      said.current = error !== null;
      return;
    }
    if (!said.current) toast(problemText(error), "bad");
    reset();
  }, [open, error, reset, problemText]);
}
