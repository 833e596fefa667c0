// The explicit list of every address the server answers, in the order they are matched.
import { channelRoutes } from './channels/routes.ts';
import { litellmRoutes } from './compat/litellm.ts';
import type { Route } from './http/route.ts';
import { modelRoutes } from './models/routes.ts';
import { settingRoutes } from './settings/routes.ts';
import { userRoutes } from './users/routes.ts';

export const ROUTES: readonly Route[] = [
  ...userRoutes,
  ...settingRoutes,
  ...channelRoutes,
  ...modelRoutes,
  ...litellmRoutes,
];
