// /api/classrooms: what a teacher may do, and an administrator too. The class is always named in the address; which are
// theirs is decided in one place, scope.ts. Everything of another class answers as if it were not there.
import { z } from 'zod';

import { classroomsReply, classroomView, codesPage, codesReply } from '@hallpass/shared/classrooms.ts';
import {
  changedPassesReply,
  classCallsFilter,
  classCallsPage,
  classCallsQuery,
  classPassesPage,
  classPassesQuery,
  extendedPasses,
  namedPasses,
  namesInput,
  newPassesReply,
  offeredPlansReply,
  ownClassroomInput,
  ownClassroomUpdate,
  ownCodesInput,
  ownCodesQuery,
  rotatedPasses,
  usageQuery,
  usageReply,
} from '@hallpass/shared/teaching.ts';

import { byOf } from '../http/acting.ts';
import { defineRoute, type Route, type RouteInput } from '../http/route.ts';
import {
  changeOwnClassroom,
  makeOwnClassroom,
  makeOwnCodes,
  offeredPlans,
  ownClassrooms,
  ownCodes,
  revokeOwnCode,
} from './own-classes.ts';
import { type Asked, extendPasses, makePasses, passesOf, rotatePasses, setBlocked } from './roster.ts';
import { callsOf, exportCalls, usageOf } from './usage.ts';

const shared = { guard: 'teacher', tag: 'teaching' } as const;
const CLASSROOM = '/api/classrooms/:classroom';
const id = z.string().max(100);
const params = z.object({ classroom: id });

type Input = Pick<RouteInput<unknown, unknown, typeof params>, 'user' | 'http' | 'params'>;
const askedBy = (input: Input): Asked => ({
  classroomId: input.params.classroom,
  somebody: input.user!,
  by: byOf(input),
});

const classes: readonly Route[] = [
  defineRoute({
    ...shared,
    method: 'get',
    path: '/api/classrooms',
    summary: 'The classes that whoever asks teaches; an administrator teaches all',
    response: classroomsReply,
    handler: async ({ ctx, user }) => ({ data: await ownClassrooms(ctx, user!) }),
  }),
  defineRoute({
    ...shared,
    method: 'post',
    path: '/api/classrooms',
    summary: 'Make a class on one of the plans; who makes it owns it',
    body: ownClassroomInput,
    response: classroomView,
    status: 201,
    handler: (input) => makeOwnClassroom(input.ctx, input.body, { user: input.user!, by: byOf(input) }),
  }),
  defineRoute({
    ...shared,
    method: 'put',
    path: CLASSROOM,
    summary: 'Rename, pause or close a class, or put it on another plan; only an administrator opens it again',
    params,
    body: ownClassroomUpdate,
    response: classroomView,
    handler: (input) => changeOwnClassroom(input.ctx, askedBy(input), input.body),
  }),
  defineRoute({
    ...shared,
    method: 'get',
    path: '/api/plans',
    summary: 'The plans that a class can be on, and what each allows',
    response: offeredPlansReply,
    handler: async ({ ctx }) => ({ data: await offeredPlans(ctx) }),
  }),
];

const passes: readonly Route[] = [
  defineRoute({
    ...shared,
    method: 'get',
    path: `${CLASSROOM}/passes`,
    summary: 'The passes of a class, newest first',
    params,
    query: classPassesQuery,
    response: classPassesPage,
    handler: (input) => passesOf(input.ctx, askedBy(input), input.query),
  }),
  defineRoute({
    ...shared,
    method: 'post',
    path: `${CLASSROOM}/passes`,
    summary: 'Make a pass for each name, all or none; their keys are told this once',
    params,
    body: namesInput,
    response: newPassesReply,
    status: 201,
    handler: async (input) => ({ data: await makePasses(input.ctx, askedBy(input), input.body) }),
  }),
  ...(['block', 'unblock'] as const).map((verb) =>
    defineRoute({
      ...shared,
      method: 'post',
      path: `${CLASSROOM}/passes/${verb}`,
      summary: verb === 'block' ? 'Switch passes off, all or none' : 'Switch passes on again, all or none',
      params,
      body: namedPasses,
      response: changedPassesReply,
      handler: async (input) => ({
        data: await setBlocked(input.ctx, askedBy(input), { ...input.body, blocked: verb === 'block' }),
      }),
    }),
  ),
  defineRoute({
    ...shared,
    method: 'post',
    path: `${CLASSROOM}/passes/extend`,
    summary: 'Make passes valid for so many days from now, no more than their plan gives, all or none',
    params,
    body: extendedPasses,
    response: changedPassesReply,
    handler: async (input) => ({ data: await extendPasses(input.ctx, askedBy(input), input.body) }),
  }),
  defineRoute({
    ...shared,
    method: 'post',
    path: `${CLASSROOM}/passes/rotate`,
    summary: 'Give passes new keys, all or none: to print their strips again',
    params,
    body: rotatedPasses,
    response: newPassesReply,
    handler: async (input) => {
      const { passes: named, grace_hours: graceHours } = input.body;
      return { data: await rotatePasses(input.ctx, askedBy(input), { passes: named, graceHours }) };
    },
  }),
];

const codes: readonly Route[] = [
  defineRoute({
    ...shared,
    method: 'get',
    path: `${CLASSROOM}/codes`,
    summary: 'The activation codes of a class, newest first, without their secrets',
    params,
    query: ownCodesQuery,
    response: codesPage,
    handler: (input) => ownCodes(input.ctx, askedBy(input), input.query),
  }),
  defineRoute({
    ...shared,
    method: 'post',
    path: `${CLASSROOM}/codes`,
    summary: 'Make a batch of activation codes for a class; they are told this once',
    params,
    body: ownCodesInput,
    response: codesReply,
    status: 201,
    handler: async (input) => ({ data: await makeOwnCodes(input.ctx, askedBy(input), input.body) }),
  }),
  defineRoute({
    ...shared,
    method: 'delete',
    path: `${CLASSROOM}/codes/:code`,
    summary: 'Revoke an activation code; the pass it was redeemed for is blocked while it is in the class',
    params: params.extend({ code: id }),
    response: z.object({ id: z.string(), revoked: z.literal(true) }),
    handler: async (input) => {
      await revokeOwnCode(input.ctx, askedBy(input), input.params.code);
      return { id: input.params.code, revoked: true as const };
    },
  }),
];

const usage: readonly Route[] = [
  defineRoute({
    ...shared,
    method: 'get',
    path: `${CLASSROOM}/usage`,
    summary: 'What a class used: in all, by day and by pass',
    params,
    query: usageQuery,
    response: usageReply,
    handler: (input) => usageOf(input.ctx, askedBy(input), input.query),
  }),
  defineRoute({
    ...shared,
    method: 'get',
    path: `${CLASSROOM}/calls`,
    summary: 'The calls of a class, newest first, without what was said and from where',
    params,
    query: classCallsQuery,
    response: classCallsPage,
    handler: (input) => callsOf(input.ctx, askedBy(input), input.query),
  }),
  defineRoute({
    ...shared,
    method: 'get',
    path: `${CLASSROOM}/calls/export`,
    summary: 'The same calls as CSV (UTF-8 with BOM), streamed',
    params,
    query: classCallsFilter,
    fileType: 'text/csv',
    file: async (input) => {
      const name = `hallpass-class-${new Date(input.ctx.clock.now()).toISOString().slice(0, 10)}.csv`;
      return new Response((await exportCalls(input.ctx, askedBy(input), input.query)) as unknown as BodyInit, {
        headers: { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': `attachment; filename="${name}"` },
      });
    },
  }),
];

export const ownClassroomRoutes: readonly Route[] = [...classes, ...passes, ...codes, ...usage];
