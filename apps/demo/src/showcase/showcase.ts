import { showEarlyStock } from './early-stock';
import { showLateRow } from './late-row';
import { showNearEqualKeys } from './near-equal-keys';
import { showFutureRow, showInvalidRow, showSupersededRow } from './refused-rows';
import { Stage, type StageProps } from './stage';
import { showUnmappedUnit, showUnmappedVat } from './unmapped-code';

/** Shows one of each interesting verdict; every one is checked, also in what the hub has stored afterwards. */
export async function showVerdicts(props: StageProps): Promise<void> {
  const stage = new Stage(props);
  await showLateRow(stage);
  await showUnmappedUnit(stage);
  await showUnmappedVat(stage);
  await showEarlyStock(stage);
  await showSupersededRow(stage);
  await showInvalidRow(stage);
  await showFutureRow(stage);
  await showNearEqualKeys(stage);
}
