// The learning record: sessions, turns, assignments, grades, insights.
import type { Json, Ms, Nanos, Timestamps } from './columns.ts';

export interface SessionsTable {
  id: string;
  userId: string | null;
  seatId: string | null;
  passId: string | null;
  classroomId: string | null;
  chatId: string | null;
  assignmentId: string | null;
  mode: string;
  startedAt: Ms;
  endedAt: Ms | null;
  policySnapshot: Json;
  meta: Json;
}

export interface TurnsTable {
  id: string;
  sessionId: string;
  callId: string | null;
  userId: string | null;
  seatId: string | null;
  role: string;
  content: string | null;
  toolCalls: Json | null;
  model: string | null;
  tokensIn: number;
  tokensOut: number;
  costNanos: Nanos;
  createdAt: Ms;
  meta: Json;
}

export interface RubricsTable extends Timestamps {
  id: string;
  classroomId: string | null;
  name: string;
  criteria: Json;
  createdBy: string | null;
}

export interface AssignmentsTable extends Timestamps {
  id: string;
  classroomId: string;
  title: string;
  body: string;
  model: string | null;
  systemPrompt: string | null;
  rubricId: string | null;
  dueAt: Ms | null;
  status: string;
  createdBy: string | null;
  meta: Json;
}

export interface SubmissionsTable extends Timestamps {
  id: string;
  assignmentId: string;
  seatId: string | null;
  userId: string | null;
  sessionId: string | null;
  content: string;
  status: string;
  submittedAt: Ms | null;
}

export interface EvidenceTable {
  id: string;
  submissionId: string;
  turnId: string | null;
  kind: string;
  note: string | null;
  createdAt: Ms;
}

export interface GradesTable extends Timestamps {
  id: string;
  submissionId: string;
  rubricId: string | null;
  scores: Json;
  total: number | null;
  comment: string | null;
  suggested: Json | null;
  gradedBy: string | null;
  status: string;
}

export interface InsightsTable {
  id: string;
  classroomId: string | null;
  seatId: string | null;
  userId: string | null;
  day: string;
  kind: string;
  body: Json;
  model: string | null;
  callId: string | null;
  createdAt: Ms;
}
