/** What the runner reads out of a step's output: masks and annotations. */

export interface Annotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
  readonly title?: string;
  readonly file?: string;
  readonly line?: string;
}

export interface ReadLog {
  readonly masks: readonly string[];
  readonly annotations: readonly Annotation[];
  /** The output without the lines that set masks. */
  readonly rest: string;
}

const unescapeData = (text: string): string => text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
const unescapeProperty = (text: string): string => unescapeData(text.replaceAll('%3A', ':').replaceAll('%2C', ','));

function annotation(level: string, properties: string, message: string): Annotation {
  const pairs = properties.split(',').map(pair => pair.split('='));
  const given = Object.fromEntries(pairs.map(([key = '', value = '']) => [key.trim(), unescapeProperty(value)]));
  const { title, file, line } = given;
  return {
    level: level as Annotation['level'],
    message: unescapeData(message),
    ...(title !== undefined && { title }),
    ...(file !== undefined && { file }),
    ...(line !== undefined && { line }),
  };
}

/** Reads the workflow commands of an output; between `::stop-commands::token` and `::token::` there are none. */
export function readLog(log: string): ReadLog {
  const masks: string[] = [];
  const annotations: Annotation[] = [];
  const rest: string[] = [];
  let stopped: string | undefined;
  for (const line of log.split(/\r?\n/)) {
    const command = /^::([\w-]+)(?: ([^:]*(?::(?!:)[^:]*)*))?::(.*)$/.exec(line.trim());
    const [, name = '', properties = '', data = ''] = command ?? [];
    if (stopped !== undefined) {
      if (line.trim() === `::${stopped}::`) stopped = undefined;
    } else if (name === 'stop-commands') stopped = data;
    else if (name === 'add-mask') {
      masks.push(unescapeData(data));
      continue;
    } else if (['error', 'warning', 'notice'].includes(name)) annotations.push(annotation(name, properties, data));
    rest.push(line);
  }
  return { masks, annotations, rest: rest.join('\n') };
}
