import { crumbs } from '../model/routing.js';
import { oneLine } from '../format/visible.js';

/** `supervisor → maria ×2 → carlos`: each agent once, with its number of visits. */
export function Breadcrumb({ route }: { route: string }) {
  return (
    <span class="breadcrumb">
      {crumbs(route).map(({ name, visits }, index) => (
        <span key={name}>
          {index > 0 && <span class="arrow"> → </span>}
          <bdi>{oneLine(name, 40)}</bdi>
          {visits > 1 && (
            <b class="loop" title={`The way led here ${visits} times: a loop`}>
              {' '}
              ×{visits}
            </b>
          )}
        </span>
      ))}
    </span>
  );
}
