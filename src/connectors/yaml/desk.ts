/** What every check of a connector is given: the document, and a way to report what is wrong with it. */
import type { ConnectorFinding } from '../error.ts';
import { pointerOf } from '../../config/finding.ts';
import type { WrongPlaces } from '../../config/wrong-places.ts';
import type { YamlFile } from '../../config/yaml-file.ts';
import type { ConnectorDocument } from './document.ts';

export type Path = (string | number)[];

export interface Desk {
  document: ConnectorDocument;
  findings: ConnectorFinding[];
  /** One finding a place; none where the schema has found something already. */
  report(path: Path, code: string, message: string, fix: string): void;
  /** Whether the file holds to its schema at a place and below it. */
  isSure(path: Path): boolean;
}

export function makeDesk(file: YamlFile, document: ConnectorDocument, wrong: WrongPlaces): Desk {
  const findings: ConnectorFinding[] = [];
  const seen = new Set<string>();
  return {
    document,
    findings,
    report(path, code, message, fix) {
      const pointer = pointerOf(...path);
      const id = `${pointer} ${code}`;
      if (wrong.covers(pointer) || seen.has(id)) return;
      seen.add(id);
      findings.push({ file: file.file, line: file.line(pointer), pointer, code, message, fix });
    },
    isSure: (path) => wrong.spares(pointerOf(...path)),
  };
}
