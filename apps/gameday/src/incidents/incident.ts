import type { IncidentName, Mark } from '../timeline/incident-record';
import type { Scene } from './scene';

/** Something that goes wrong in production, from its beginning until nothing is left of it. */
export interface Incident {
  name: IncidentName;
  title: string;
  /** Where it must show. */
  promises: readonly Mark[];
  play(scene: Scene): Promise<void>;
}
