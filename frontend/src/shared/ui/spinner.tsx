/** Something is going on; it stands still for people who asked for less motion. */

import { LoaderCircle } from "lucide-react";
import { classes } from "./classes";

export function Spinner({ className }: { className?: string }) {
  return (
    <LoaderCircle
      aria-hidden="true"
      className={classes("animate-spin motion-reduce:animate-none", className ?? "size-5")}
    />
  );
}
