import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export const kafkaVersion = '4.3.1'
/** Binds the logging interface that the broker uses. */
const log4jVersion = '2.25.4'
const copyGoal = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies'

export const java = process.env.JAVA_HOME === undefined ? 'java' : join(process.env.JAVA_HOME, 'bin', 'java')

/** Why there can be no native broker here; undefined when there can. */
export async function nativeKafkaLacks (): Promise<string | undefined> {
  const major = await run(java, ['-version']).then(({ stderr }) => Number(/version "(\d+)/.exec(stderr)?.[1]), () => 0)
  if (!(major >= 17)) return 'Java 17 or newer'
  if (existsSync(jarFolder())) return undefined
  return await run('mvn', ['-v']).then(() => undefined, () => 'Maven, to fetch Kafka once')
}

function jarFolder (): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'dueline', `kafka-${kafkaVersion}`)
}

/**
 * The folder with the broker's jars: 44 MB from Maven Central, fetched once (under a minute) and kept for this user.
 */
export async function kafkaJars (): Promise<string> {
  const folder = jarFolder()
  if (existsSync(folder)) return folder
  const parent = join(folder, '..')
  await mkdir(parent, { recursive: true })
  const unfinished = await mkdtemp(join(parent, 'fetching-'))
  try {
    await writeFile(join(unfinished, 'pom.xml'), pom)
    const libraries = join(unfinished, 'libraries')
    await run('mvn', [
      '-B',
      '-q',
      '-f',
      join(unfinished, 'pom.xml'),
      copyGoal,
      '-DincludeScope=runtime',
      `-DoutputDirectory=${libraries}`
    ])
      .catch((error: { stdout?: string }) => {
        throw new Error(
          `Maven could not fetch Kafka ${kafkaVersion}: ` +
            `${error.stdout?.split('\n').find((line) => line.includes('ERROR')) ?? 'no reason given'}`
        )
      })
    // one that fetched at the same time may have been first
    await rename(libraries, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error
    })
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
  return folder
}

const pom = `<project><modelVersion>4.0.0</modelVersion>
<groupId>dev.dueline</groupId><artifactId>test-kafka</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>
<dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${kafkaVersion}</version>
<exclusions>
<exclusion><groupId>org.apache.kafka</groupId><artifactId>kafka-tools-api</artifactId></exclusion>
</exclusions>
</dependency>
<dependency>
<groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId>
<version>${log4jVersion}</version>
</dependency>
</dependencies></project>
`
