import type { Attendance, HeldEvent } from '../events/published.ts';
import { notFound, type Permission } from '../shared/auth/access.ts';
import type { CertificateName } from './application-contract.ts';
import type { CredentialPorts } from './credential-ports.ts';
import { newSalt } from './name-operations.ts';

/** Who has attended an event, as it is copied here, and what their certificates call them. */

/** @throws Problem `not-found`, also where nobody was checked in, or it is not known yet; `role-not-permitted` */
export async function getAttendance(
  { attendances }: CredentialPorts,
  permission: Permission,
  registrationId: string,
): Promise<{ readonly attendance: Attendance; readonly event: HeldEvent }> {
  const attendance = await attendances.get(registrationId);
  const event = attendance && (await attendances.getEvent(attendance.eventId));
  if (attendance === undefined || event === undefined) throw notFound();
  const { institutionId } = permission.caller;
  const isHost = attendance.organiserId === institutionId;
  const isApplicant = attendance.institutionId === institutionId;
  permission.require(
    ...(isHost ? (['host'] as const) : []),
    ...(isApplicant ? (['applicant'] as const) : []),
    ...(isHost || isApplicant ? [] : (['none'] as const)),
  );
  return { attendance, event };
}

export function newName(displayName: string, now: Date): CertificateName {
  return { displayName, consentAt: now.toISOString(), salt: newSalt() };
}

/** The name for the certificate, if there is one. That another institution than the attendee's is shown it is noted before. */
export async function readName(
  ports: CredentialPorts,
  { agent, caller }: Permission,
  { id, institutionId }: Attendance,
): Promise<CertificateName | undefined> {
  const name = await ports.attendances.getName(id);
  if (name !== undefined && caller.institutionId !== institutionId) {
    await ports.applications.putReading({
      ...{ readingId: ports.newId(), subjectType: 'registration', subject: id },
      ...{ at: ports.now().toISOString(), by: agent, shown: { [institutionId]: [id] } },
    });
  }
  return name;
}

/** Doing it again changes nothing. @throws Problem `not-found`, `role-not-permitted` */
export async function eraseAttendeeName(
  ports: CredentialPorts,
  permission: Permission,
  registrationId: string,
): Promise<void> {
  await getAttendance(ports, permission, registrationId);
  await ports.attendances.eraseName(registrationId);
}
