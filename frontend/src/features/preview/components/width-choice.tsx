/** How wide the previewed page is: a telephone, a tablet, a desktop. */

import { Monitor, Smartphone, Tablet } from "lucide-react";
import { useId } from "react";
import { useTexts } from "@/shared/i18n/texts";

/** In CSS pixels, as wide as the devices that most people hold. */
export const WIDTHS = { phone: 390, tablet: 768, desktop: 1280 } as const;
export type Width = keyof typeof WIDTHS;

/** To begin with: a telephone shows a telephone's page, which can be read there. */
export const fittingWidth = (): Width => (window.innerWidth < WIDTHS.tablet ? "phone" : "desktop");

const ICONS = { phone: Smartphone, tablet: Tablet, desktop: Monitor } as const;
const CHOICES = ["phone", "tablet", "desktop"] as const;

interface WidthChoiceProps {
  width: Width;
  onChange: (width: Width) => void;
}

export function WidthChoice({ width, onChange }: WidthChoiceProps) {
  const { preview: words } = useTexts();
  const name = useId();
  return (
    <fieldset className="flex rounded-lg border border-slate-500 p-0.5">
      <legend className="sr-only">{words.width}</legend>
      {CHOICES.map((choice) => {
        const Icon = ICONS[choice];
        return (
          <label
            key={choice}
            title={words.pixels(String(WIDTHS[choice]))}
            className="flex min-h-8 cursor-pointer items-center gap-1.5 rounded-md px-2.5 text-sm text-slate-300 outline-offset-2 outline-cyan-300 hover:text-slate-100 has-checked:bg-slate-600 has-checked:font-semibold has-checked:text-white has-focus-visible:outline-2"
          >
            <input
              type="radio"
              name={name}
              className="sr-only"
              checked={width === choice}
              onChange={() => onChange(choice)}
            />
            <Icon aria-hidden="true" className="size-4" />
            <span className="max-sm:sr-only">{words.widths[choice]}</span>
          </label>
        );
      })}
    </fieldset>
  );
}
