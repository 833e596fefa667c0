// The administrator's channels, at requirement 001's addresses.
import { z } from 'zod';

import { channelViewSchema } from '@hallpass/shared/channel-views.ts';
import { channelCreateSchema, channelUpdateSchema } from '@hallpass/shared/channels.ts';
import { presetListSchema } from '@hallpass/shared/presets.ts';

import { defineRoute, type RouteInput } from '../http/route.ts';
import { AppError } from '../lib/app-error.ts';
import { PRESETS } from './presets/presets.ts';
import { type Author, createChannel, deleteChannel, updateChannel } from './save.ts';
import { channelViews } from './view.ts';

const idParams = z.object({ id: z.string() });
const tag = 'channels';
/** Two thousand models with their settings fit. */
const maxBodyBytes = 2 * 1024 * 1024;

export const channelRoutes = [
  defineRoute({
    method: 'get',
    path: '/api/admin/presets',
    guard: 'admin',
    summary: 'List the vendors that can pre-fill a channel',
    tag,
    response: presetListSchema,
    handler: () => Promise.resolve([...PRESETS]),
  }),
  defineRoute({
    method: 'get',
    path: '/api/admin/channels',
    guard: 'admin',
    summary: 'List the channels; keys show a hint only',
    tag,
    response: z.array(channelViewSchema),
    handler: ({ ctx }) => channelViews(ctx),
  }),
  defineRoute({
    method: 'post',
    path: '/api/admin/channels',
    guard: 'admin',
    summary: 'Add a channel with its models',
    tag,
    body: channelCreateSchema,
    response: channelViewSchema,
    status: 201,
    maxBodyBytes,
    handler: (input) => createChannel(input.ctx, input.body, author(input)),
  }),
  defineRoute({
    method: 'put',
    path: '/api/admin/channels/:id',
    guard: 'admin',
    summary: 'Change a channel; fields left out stay, an api_key left out too',
    tag,
    params: idParams,
    body: channelUpdateSchema,
    response: channelViewSchema,
    maxBodyBytes,
    handler: (input) => updateChannel(input.ctx, channelId(input.params.id), input.body, author(input)),
  }),
  defineRoute({
    method: 'delete',
    path: '/api/admin/channels/:id',
    guard: 'admin',
    summary: 'Remove a channel; what it was used for stays in the ledger',
    tag,
    params: idParams,
    response: z.object({ id: z.string(), deleted: z.literal(true) }),
    handler: async (input) => {
      await deleteChannel(input.ctx, channelId(input.params.id), author(input));
      return { id: input.params.id, deleted: true as const };
    },
  }),
];

/** Anything that cannot be an id of ours is not found, before a database has to take it. @throws AppError not_found */
function channelId(text: string): string {
  if (!/^[\w-]{1,100}$/.test(text)) throw new AppError('not_found');
  return text;
}

function author({ user, http }: Pick<RouteInput<unknown, unknown, unknown>, 'user' | 'http'>): Author {
  return { actor: user ? { id: user.id, name: user.name } : null, ip: http.get('ip') };
}
