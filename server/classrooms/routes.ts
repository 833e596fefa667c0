// /api/admin/classrooms, /api/admin/activation-codes and POST /api/v1/activate.
import {
  activateBody,
  activateReply,
  classroomInput,
  classroomsReply,
  classroomUpdate,
  classroomView,
  codesInput,
  codesPage,
  codesQuery,
  codesReply,
} from '@hallpass/shared/classrooms.ts';
import { z } from 'zod';

import { defineRoute, type Route } from '../http/route.ts';
import { byOf } from '../http/acting.ts';
import { codesOf, makeCodes, redeem, revokeCode } from './codes.ts';
import { allClassrooms, changeClassroom, createClassroom, removeClassroom } from './manage.ts';

const CLASSROOMS = '/api/admin/classrooms';
const CODES = '/api/admin/activation-codes';
const shared = { guard: 'admin', tag: 'classrooms' } as const;
const params = z.object({ id: z.string().max(100) });

export const classroomRoutes: readonly Route[] = [
  defineRoute({
    ...shared,
    method: 'get',
    path: CLASSROOMS,
    summary: 'The classes by name, with what each has spent',
    response: classroomsReply,
    handler: async ({ ctx }) => ({ data: await allClassrooms(ctx) }),
  }),
  defineRoute({
    ...shared,
    method: 'post',
    path: CLASSROOMS,
    summary: 'Make a class',
    body: classroomInput,
    response: classroomView,
    status: 201,
    handler: (input) => createClassroom(input.ctx, input.body, byOf(input)),
  }),
  defineRoute({
    ...shared,
    method: 'put',
    path: `${CLASSROOMS}/:id`,
    summary: 'Change or pause a class, for every pass in it; fields left out stay, null empties',
    params,
    body: classroomUpdate,
    response: classroomView,
    handler: (input) => changeClassroom(input.ctx, input.params.id, input.body, byOf(input)),
  }),
  defineRoute({
    ...shared,
    method: 'delete',
    path: `${CLASSROOMS}/:id`,
    summary: 'Delete a class with its passes and codes; its calls stay in the log',
    params,
    response: z.object({ id: z.string(), deleted: z.literal(true) }),
    handler: async (input) => {
      await removeClassroom(input.ctx, input.params.id, byOf(input));
      return { id: input.params.id, deleted: true as const };
    },
  }),
  defineRoute({
    ...shared,
    method: 'get',
    path: CODES,
    summary: 'The activation codes, newest first, without their secrets',
    query: codesQuery,
    response: codesPage,
    handler: ({ ctx, query }) => codesOf(ctx, query),
  }),
  defineRoute({
    ...shared,
    method: 'post',
    path: CODES,
    summary: 'Make a batch of activation codes for a class, a plan or both; they are told this once',
    body: codesInput,
    response: codesReply,
    status: 201,
    handler: async (input) => ({ data: await makeCodes(input.ctx, input.body, byOf(input)) }),
  }),
  defineRoute({
    ...shared,
    method: 'delete',
    path: `${CODES}/:id`,
    summary: 'Revoke an activation code; the pass it was redeemed for is blocked',
    params,
    response: z.object({ id: z.string(), revoked: z.literal(true) }),
    handler: async (input) => {
      await revokeCode(input.ctx, { id: input.params.id }, byOf(input));
      return { id: input.params.id, revoked: true as const };
    },
  }),
  defineRoute({
    method: 'post',
    path: '/api/v1/activate',
    guard: 'public',
    tag: 'classrooms',
    summary: 'Redeem an activation code for a pass, once; its key is told this once',
    maxBodyBytes: 4 * 1024,
    body: activateBody,
    response: activateReply,
    handler: ({ ctx, http, body }) => redeem(ctx, { typed: body.code, ip: http.get('ip') }),
  }),
];
