// Every table as the code sees it (camelCase; the database has snake_case), joined into one type.
// A test compares it with both migrated engines. Booleans are 0/1, JSON is text, times are epoch ms.
import type {
  ActivationCodesTable,
  AgentsTable,
  ClassroomTeachersTable,
  ClassroomsTable,
  InvitesTable,
  PassesTable,
  PlansTable,
  ReplacedKeysTable,
  RevokedLoginsTable,
  SeatsTable,
  UsersTable,
} from './tables/people.ts';
import type {
  ChannelKeysTable,
  ChannelsTable,
  LlmPromptTemplatesTable,
  ModelAliasesTable,
  ModelsTable,
  PricesTable,
  RoutesTable,
} from './tables/gateway.ts';
import type {
  AccountsTable,
  AttemptsTable,
  CallContentsTable,
  CallsTable,
  IdempotencyKeysTable,
  UsageSumsTable,
  IssuedResponsesTable,
  UsageRollupsTable,
} from './tables/ledger.ts';
import type {
  AssignmentsTable,
  EvidenceTable,
  GradesTable,
  InsightsTable,
  RubricsTable,
  SessionsTable,
  SubmissionsTable,
  TurnsTable,
} from './tables/learning.ts';
import type {
  AlertMessagesTable,
  AlertsTable,
  AuditTable,
  BlockedAttemptsTable,
  BlockedIpsTable,
  ChangesTable,
  JobsTable,
  LimitEpochsTable,
  LimitMembersTable,
  ReplicasTable,
  SettingsTable,
} from './tables/system.ts';

export interface Schema {
  users: UsersTable;
  invites: InvitesTable;
  plans: PlansTable;
  classrooms: ClassroomsTable;
  classroomTeachers: ClassroomTeachersTable;
  seats: SeatsTable;
  passes: PassesTable;
  replacedKeys: ReplacedKeysTable;
  activationCodes: ActivationCodesTable;
  revokedLogins: RevokedLoginsTable;
  agents: AgentsTable;
  channels: ChannelsTable;
  channelKeys: ChannelKeysTable;
  models: ModelsTable;
  modelAliases: ModelAliasesTable;
  routes: RoutesTable;
  prices: PricesTable;
  llmPromptTemplates: LlmPromptTemplatesTable;
  accounts: AccountsTable;
  calls: CallsTable;
  attempts: AttemptsTable;
  callContents: CallContentsTable;
  usageRollups: UsageRollupsTable;
  usageSums: UsageSumsTable;
  idempotencyKeys: IdempotencyKeysTable;
  issuedResponses: IssuedResponsesTable;
  sessions: SessionsTable;
  turns: TurnsTable;
  rubrics: RubricsTable;
  assignments: AssignmentsTable;
  submissions: SubmissionsTable;
  evidence: EvidenceTable;
  grades: GradesTable;
  insights: InsightsTable;
  blockedIps: BlockedIpsTable;
  blockedAttempts: BlockedAttemptsTable;
  alerts: AlertsTable;
  alertMessages: AlertMessagesTable;
  settings: SettingsTable;
  audit: AuditTable;
  jobs: JobsTable;
  changes: ChangesTable;
  replicas: ReplicasTable;
  limitEpochs: LimitEpochsTable;
  limitMembers: LimitMembersTable;
}
