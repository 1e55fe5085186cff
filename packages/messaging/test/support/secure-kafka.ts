import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { eventually, testBroker, type NativeKafka } from '@dueline/testkit'
import kafkajs, { type AclEntry, type Admin, type DescribeAclResponse } from 'kafkajs'
import type { Test } from 'tap'

const run = promisify(execFile)
const storePassword = 'for-tests'

/** A broker whose second listener wants TLS and a login. */
export interface SecureKafka {
  broker: NativeKafka
  brokers: string[]
  ca: string
}

export const passwords = { alice: 'alice-secret', bob: 'bob-secret', dave: 'dave-secret', carol: 'carol-secret' }

/**
 * `alice` and `bob` log in by SCRAM-SHA-512, `dave` by SCRAM-SHA-256, `carol` by PLAIN. All but `bob` may do everything
 * with topics and groups that `grant` named to them; `carol` and `dave` may do everything.
 */
export async function secureKafka (t: Test, { expired = false } = {}): Promise<SecureKafka | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'dueline-tls-'))
  t.teardown(async () => await rm(folder, { recursive: true, force: true }))
  const store = join(folder, 'broker.p12')
  const keytool = async (...args: string[]): Promise<unknown> =>
    await run('keytool', [
      ...args,
      '-alias',
      'broker',
      '-keystore',
      store,
      '-storetype',
      'PKCS12',
      '-storepass',
      storePassword
    ])
  const made = await keytool(
    '-genkeypair',
    '-keyalg',
    'EC',
    '-dname',
    'CN=test broker',
    '-ext',
    'san=ip:127.0.0.1',
    '-startdate',
    '-10d',
    '-validity',
    expired ? '5' : '20'
  ).catch(() => undefined)
  // without Java there is no keytool; testBroker says what is missing
  if (made !== undefined) await keytool('-exportcert', '-rfc', '-file', join(folder, 'ca.pem'))
  const at = 'listener.name.secure.'
  const broker = await testBroker(t, {
    secure: 'SASL_SSL',
    scramUsers: [
      `SCRAM-SHA-512=[name=alice,password=${passwords.alice}]`,
      `SCRAM-SHA-512=[name=bob,password=${passwords.bob}]`,
      `SCRAM-SHA-256=[name=dave,password=${passwords.dave}]`
    ],
    properties: {
      [`${at}ssl.keystore.location`]: store,
      [`${at}ssl.keystore.type`]: 'PKCS12',
      [`${at}ssl.keystore.password`]: storePassword,
      [`${at}sasl.enabled.mechanisms`]: 'SCRAM-SHA-512,SCRAM-SHA-256,PLAIN',
      [`${at}scram-sha-512.sasl.jaas.config`]: 'org.apache.kafka.common.security.scram.ScramLoginModule required;',
      [`${at}scram-sha-256.sasl.jaas.config`]: 'org.apache.kafka.common.security.scram.ScramLoginModule required;',
      [`${at}plain.sasl.jaas.config`]:
        `org.apache.kafka.common.security.plain.PlainLoginModule required user_carol="${passwords.carol}";`,
      'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      'super.users': 'User:ANONYMOUS;User:carol;User:dave'
    }
  })
  if (broker === undefined) return undefined
  return { broker, brokers: [broker.secureBrokers], ca: await readFile(join(folder, 'ca.pem'), 'utf8') }
}

const {
  AclOperationTypes: operation,
  AclPermissionTypes: permission,
  AclResourceTypes: resource,
  ResourcePatternTypes: pattern
} = kafkajs

async function administer (broker: NativeKafka, change: (admin: Admin) => Promise<unknown>): Promise<void> {
  const admin = new kafkajs.Kafka({ brokers: [broker.brokers], logLevel: kafkajs.logLevel.NOTHING }).admin()
  await admin.connect()
  await change(admin)
  await admin.disconnect()
}

/** Grants, and waits until the broker goes by it: the controller answers before that. */
async function grant (broker: NativeKafka, acl: readonly AclEntry[]): Promise<void> {
  await administer(broker, async (admin) => {
    await admin.createAcls({ acl: [...acl] })
    await eventually(async () => (await Promise.all(acl.map((entry) => admin.describeAcls(entry)))).every(isKnown))
  })
}

function isKnown ({ resources }: DescribeAclResponse): boolean {
  return resources.length > 0
}

function allow (user: string): { principal: string, host: string, permissionType: typeof permission.ALLOW } {
  return { principal: `User:${user}`, host: '*', permissionType: permission.ALLOW }
}

/** The rights that a service needs, as the README of the topics job lists them, but for its group. */
export async function grantService (broker: NativeKafka, user: string, { topics }: { topics: string }): Promise<void> {
  const onTopics = [operation.READ, operation.WRITE, operation.DESCRIBE].map((each) => ({
    ...allow(user),
    resourceType: resource.TOPIC,
    resourceName: topics,
    resourcePatternType: pattern.PREFIXED,
    operation: each
  }))
  const onCluster = {
    ...allow(user),
    resourceType: resource.CLUSTER,
    resourceName: 'kafka-cluster',
    resourcePatternType: pattern.LITERAL,
    operation: operation.IDEMPOTENT_WRITE
  }
  await grant(broker, [...onTopics, onCluster])
}

function membership (user: string, group: string): AclEntry {
  return {
    ...allow(user),
    resourceType: resource.GROUP,
    resourceName: group,
    resourcePatternType: pattern.LITERAL,
    operation: operation.READ
  }
}

export async function grantGroup (broker: NativeKafka, user: string, group: string): Promise<void> {
  await grant(broker, [membership(user, group)])
}

/** Takes away what `grantGroup` gave; the broker goes by it then. */
export async function refuseGroup (broker: NativeKafka, user: string, group: string): Promise<void> {
  const entry = membership(user, group)
  await administer(broker, async (admin) => {
    await admin.deleteAcls({ filters: [entry] })
    await eventually(async () => !isKnown(await admin.describeAcls(entry)))
  })
}
