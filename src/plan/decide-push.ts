// Event + `push` + names -> whether anything is published, by the table of the design (section 4).

import { describeEvent, isReadOnly, publishes, yesOrNo } from './decide.ts';
import type { Decided } from './decide.ts';
import type { Event } from './event.ts';
import type { Inputs } from './inputs.ts';
import type { Call } from './plan.ts';
import { shorten } from './reference.ts';

export interface PushOrder {
  readonly event: Event;
  readonly asked: Inputs['push'];
  /** There is an enabled image or a full reference. */
  readonly hasImages: boolean;
  readonly hasTags: boolean;
  /** Why the names may be meant for this machine alone, in words; undefined: they say where to publish. */
  readonly local?: string | undefined;
  /** Why rules gave no tag, one line a rule. */
  readonly idle: readonly string[];
  readonly call: Call;
}

/** Whether anything is pushed. Without an image or a tag there is nothing to push to: a mistake as soon as a push was due. */
export function decidePush(order: PushOrder): Decided<boolean> {
  const { event, asked, hasImages, hasTags, idle, call } = order;
  const answer = yesOrNo('push', asked);
  const who = describeEvent(event);
  if (call !== 'build') return answer(false, `call: ${call} looks at the Dockerfile and stops`);
  if (event.deleted) return answer(false, 'the push deleted its ref');
  if (asked === 'false') return answer(false, 'asked for');
  const reserve = asked === 'auto' ? whyNot(order) : undefined;
  if (reserve !== undefined) return answer(false, reserve);
  if (!hasImages)
    return answer(false, 'asked for, but no image is given or enabled', {
      mistake: {
        where: 'push',
        what: 'true has nowhere to push to: "images" is empty or every entry is disabled',
        wayOut: 'Give the repository, e.g. images: ghcr.io/OWNER/NAME, or leave push at auto.',
      },
    });
  if (!hasTags)
    return answer(false, `${asked === 'true' ? 'asked for' : `${who} publishes`}, but no rule of "tags" gives a tag`, {
      mistake: {
        where: 'tags',
        what: 'there is something to push, but no rule gives a tag on this event',
        details: idle,
        wayOut: 'Add a rule for this event (e.g. type=ref,event=branch or type=sha), or set push: false.',
      },
    });
  if (publishes(event)) return answer(true, asked === 'true' ? 'asked for' : `${who} publishes`);
  const alone = isReadOnly(event)
    ? 'its token is read-only and it gets no secrets, so most registries will refuse'
    : 'whoever can start this event decides what is published';
  return answer(true, `asked for, although ${who} does not publish by itself`, {
    warnings: [`push: true publishes on ${who}, where push: auto would not: ${alone}`],
  });
}

/** What keeps `auto` from publishing. */
function whyNot({ event, hasImages, local }: PushOrder): string | undefined {
  if (!hasImages) return 'no image is given or enabled';
  if (!publishes(event)) return `${describeEvent(event)} does not publish; it builds, scans and reports`;
  return local && `${local}; to publish, write push: true, or images: with the repository`;
}

/** References that name an image without saying that it is to be published: those of a bake target, and those that `load` needs too. */
export function localNames({
  images,
  references,
  baked,
  load,
}: Pick<Inputs, 'images' | 'references' | 'baked' | 'load'>): string | undefined {
  if (images.length > 0 || references.length === 0) return undefined;
  if (baked?.given.includes('tags') === true)
    return `the names are those of the bake target "${shorten(baked.target)}", which has them for every build`;
  return load ? 'the names in "tags" may be meant for load alone' : undefined;
}
