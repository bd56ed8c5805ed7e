/** All operations that the stand-in answers. */
import type { Route } from '../router.ts';
import { checkRoutes } from './checks.ts';
import { commentRoutes } from './comments.ts';
import { commitRoutes } from './commits.ts';
import { contentRoutes } from './contents.ts';
import { issueRoutes } from './issues.ts';
import { pullRoutes } from './pulls.ts';
import { repositoryRoutes } from './repositories.ts';
import { sarifRoutes } from './sarifs.ts';
import { statusRoutes } from './statuses.ts';

export const routes: readonly Route[] = [
  ...repositoryRoutes,
  ...contentRoutes,
  ...commitRoutes,
  ...statusRoutes,
  ...checkRoutes,
  ...sarifRoutes,
  ...pullRoutes,
  ...issueRoutes,
  ...commentRoutes,
];
