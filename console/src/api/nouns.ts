import type { paths } from './schema';

type Method = 'get' | 'post' | 'put' | 'delete';
type Success<O> = O extends { responses: { 200: { content: { 'application/json': infer T } } } } ? T : never;
type Body<O> = O extends { requestBody?: { content: { 'application/json': infer T } } } ? T : never;
type Answer<P extends keyof paths, M extends Method> = Success<paths[P][M]>;

/** What each call answers with, by the names of the glossary. */
export type Session = Answer<'/api/v1/session', 'get'>;
export type Tenant = Session['tenants'][number];
export type ItemPage = Answer<'/api/v1/items', 'get'>;
export type Item = ItemPage['items'][number];
export type ItemDetail = Answer<'/api/v1/items/{id}', 'get'>;
export type Alert = ItemDetail['alert_list'][number];
export type Matched = Alert['matched'][number];
export type Entity = Alert['entities'][number];
export type Judgement = ItemDetail['judgements'][number];
export type RuleInfo = NonNullable<ItemDetail['rule_info']>;
export type Verdict = Body<paths['/api/v1/items/{id}/judgement']['post']>['verdict'];
export type IncidentPage = Answer<'/api/v1/incidents', 'get'>;
export type Incident = IncidentPage['incidents'][number];
export type IncidentDetail = Answer<'/api/v1/incidents/{id}', 'get'>;
export type IncidentItem = IncidentDetail['items'][number];
export type Status = Incident['status'];
export type Level = Item['level'];
export type EventPage = Answer<'/api/v1/events', 'get'>;
export type Event = EventPage['events'][number];
export type Histogram = Answer<'/api/v1/events/histogram', 'get'>;
export type Values = Answer<'/api/v1/events/values', 'get'>;
export type Field = Answer<'/api/v1/fields', 'get'>['fields'][number];
export type RulePage = Answer<'/api/v1/rules', 'get'>;
export type Rule = RulePage['rules'][number];
export type RuleProblem = RulePage['problems'][number];
export type RuleDetail = Answer<'/api/v1/rules/{id}', 'get'>;
export type Overview = Answer<'/api/v1/overview', 'get'>;
export type Person = Answer<'/api/v1/people', 'get'>['people'][number];
export type NewPerson = Body<paths['/api/v1/people']['post']>;
export type PersonChange = Body<paths['/api/v1/people/{id}']['put']>;
export type Source = Answer<'/api/v1/sources', 'get'>['sources'][number];
export type NewSource = Body<paths['/api/v1/sources']['post']>;
export type SourceChange = Body<paths['/api/v1/sources/{id}']['put']>;
export type Shipper = Answer<'/api/v1/sources/{id}/shippers', 'get'>['shippers'][number];
export type AuditEntry = Answer<'/api/v1/audit', 'get'>['entries'][number];
export type Token = Answer<'/api/v1/tokens', 'get'>['tokens'][number];

/** Which tenant and site a list is narrowed to; undefined for all that the person may see. */
export type Scope = { tenant?: string; site?: string };
