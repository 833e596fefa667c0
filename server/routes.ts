// The explicit list of every address the server answers, in the order they are matched.
import { agentRoutes } from './agents/routes.ts';
import { alertRoutes } from './alerts/routes.ts';
import { auditRoutes } from './audit/routes.ts';
import { blocklistRoutes } from './blocklist/routes.ts';
import { logRoutes } from './calls/log-routes.ts';
import { channelRoutes } from './channels/routes.ts';
import { ownClassroomRoutes } from './classrooms/own-routes.ts';
import { classroomRoutes } from './classrooms/routes.ts';
import { configurationRoutes } from './configuration/routes.ts';
import { litellmRoutes } from './compat/litellm.ts';
import { llmCallRoutes } from './compat/llm-calls.ts';
import { llmModelRoutes } from './compat/llm-models.ts';
import { llmRoutes } from './compat/llm-v1.ts';
import { channelTestRoutes } from './gateway/channel-routes.ts';
import { chatRoutes } from './gateway/routes.ts';
import { documentationRoutes } from './http/documentation.ts';
import { healthRoutes } from './http/health.ts';
import type { Route } from './http/route.ts';
import { manageModelRoutes } from './models/manage-routes.ts';
import { priceRoutes } from './models/price-routes.ts';
import { modelRoutes } from './models/routes.ts';
import { limitRoutes } from './plans/limit-routes.ts';
import { quotaRoutes } from './plans/routes.ts';
import { settingRoutes } from './settings/routes.ts';
import { accountRoutes } from './users/account-routes.ts';
import { planRoutes } from './plans/manage-routes.ts';
import { joinRoutes } from './users/join-routes.ts';
import { manageUserRoutes } from './users/manage-routes.ts';
import { systemRoutes } from './system/routes.ts';
import { statsRoutes } from './stats/routes.ts';
import { costRoutes } from './costs/routes.ts';
import { userRoutes } from './users/routes.ts';

/** What the API document describes. */
export const FEATURES: readonly Route[] = [
  ...chatRoutes,
  ...healthRoutes,
  ...userRoutes,
  ...accountRoutes,
  ...joinRoutes,
  ...planRoutes,
  ...classroomRoutes,
  ...ownClassroomRoutes,
  ...manageUserRoutes,
  ...settingRoutes,
  ...configurationRoutes,
  ...channelTestRoutes,
  ...channelRoutes,
  ...blocklistRoutes,
  ...logRoutes,
  ...statsRoutes,
  ...costRoutes,
  ...auditRoutes,
  ...alertRoutes,
  ...systemRoutes,
  ...modelRoutes,
  ...manageModelRoutes,
  ...priceRoutes,
  ...limitRoutes,
  ...litellmRoutes,
  ...llmModelRoutes,
  ...llmRoutes,
  ...llmCallRoutes,
  ...quotaRoutes,
  ...agentRoutes,
];

export const ROUTES: readonly Route[] = [...FEATURES, ...documentationRoutes(FEATURES)];
