/** A question that must be answered before anything else. What draws it is loaded when the first one is asked. */

import { lazy, type ReactNode, type RefObject, Suspense, useRef } from "react";

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
  busy?: boolean;
  problem?: string | null;
  onAction: () => void;
  /** Where typing begins; the first control otherwise. */
  initialFocus?: RefObject<HTMLElement | null>;
}

const OpenDialog = lazy(() => import("./dialog-open"));

export function Dialog(props: DialogProps) {
  const asked = useRef(false);
  asked.current ||= props.open;
  if (!asked.current) return null;
  // Once asked it stays, closed: it is what gives the focus back.
  return (
    <Suspense fallback={null}>
      <OpenDialog {...props} />
    </Suspense>
  );
}
