// What an attempt's terminal showed, for those who may see the attempt.
import type { Readable } from 'node:stream'
import { Type } from '@sinclair/typebox'
import type { FastifyPluginAsync } from 'fastify'
import type { Lab } from '../lab/lab.ts'
import { LabError } from '../lab/lab-error.ts'
import { personOf } from '../plugins/auth.ts'
import { answers } from './routes.ts'

/** What the route needs of the recordings. */
export interface ReadRecordings {
  read(attemptId: string): Readable | undefined
}

const schema = {
  tags: ['attempts'],
  summary: 'What the terminal showed, as asciicast v2',
  params: Type.Object({ id: Type.String({ maxLength: 64 }) }),
  response: answers({ 200: Type.String() }),
}

/** Recordings over HTTP. */
export const recordingRoutes: FastifyPluginAsync<{ lab: Lab; recordings: ReadRecordings | undefined }> = async (
  app,
  { lab, recordings },
) => {
  app.get<{ Params: { id: string } }>('/attempts/:id/recording', { schema }, async (request, reply) => {
    const { id } = await lab.get(personOf(request), request.params.id)
    const recording = recordings?.read(id)
    if (!recording) throw new LabError('no-recording', 'Nothing was recorded of this attempt.')
    return reply
      .type('application/x-asciicast')
      .header('content-disposition', `attachment; filename="${id}.cast"`)
      .header('cache-control', 'no-store')
      .send(recording)
  })
}
