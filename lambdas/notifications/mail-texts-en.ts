import type { MailTexts } from './mail-texts.ts';

export const EN: MailTexts = {
  locale: 'en-GB',
  events: {
    'agreement.proposed': {
      subject: 'An agreement waits for your approval',
      lead: 'A version of an agreement has been proposed to your institution. Please read it, and approve its hash if you agree.',
    },
    'agreement.approved': {
      subject: 'A party has approved the agreement',
      lead: 'Another party has approved the proposed version. It comes into force once every party has approved the same hash.',
    },
    'agreement.terminated': {
      subject: 'An agreement is being ended',
      lead: 'Another party has ended an agreement with your institution. What was granted under it remains until its own end.',
    },
    'application.submitted': {
      subject: 'An application for a training has been made',
      lead: 'A partner applies for a member of its staff. Please see that it is reviewed and decided about.',
    },
    'application.accepted': {
      subject: 'A seat at a training is to be confirmed',
      lead: 'A seat is held for a nominee. The institution that nominated should confirm it before the deadline: after that it goes to the next in line.',
    },
    'application.ending': {
      subject: 'A seat at a training is about to lapse',
      lead: 'A seat is still not confirmed. Please confirm it or withdraw before the deadline: after that it is given to the next in line automatically.',
    },
    'application.declined': {
      subject: 'An application for a training has been declined',
      lead: 'The host has declined an application for a training.',
    },
    'application.lapsed': {
      subject: 'A seat at a training has lapsed',
      lead: 'Nobody confirmed the seat in time, and it goes to the next in line.',
    },
    'application.withdrawn': {
      subject: 'An application for a training has been withdrawn',
      lead: 'A partner has withdrawn an application for a training. A seat that it had goes to the next in line.',
    },
    'application.cancelled': {
      subject: 'A training has been cancelled',
      lead: 'The training is not held, and the application to it has ended. Please tell the nominee, and see about what was booked for the journey.',
    },
    'booking.offered': {
      subject: 'A course of treatment is offered to a waiting patient',
      lead: 'A course has become free and is offered to a patient on the waiting list. Whoever asked for it should accept or decline before the deadline: after that it goes to the next patient.',
    },
    'booking.ending': {
      subject: 'A held or offered course is about to lapse',
      lead: 'A course is still held or offered without a decision. Please confirm, accept or give it back before the deadline: after that the course is given back automatically.',
    },
    'booking.offer-accepted': {
      subject: 'An offer has been accepted',
      lead: 'The offered course has been accepted. It is held until the deadline, by which it has to be confirmed.',
    },
    'booking.offer-declined': {
      subject: 'An offer has been declined',
      lead: 'The offered course has been declined and goes to the next patient on the waiting list.',
    },
    'booking.offer-lapsed': {
      subject: 'An offer has lapsed',
      lead: 'Nobody took the offered course in time, so it goes to the next patient. The patient who missed it is still on the waiting list.',
    },
    'booking.confirmed': {
      subject: 'A course of treatment has been booked',
      lead: 'A partner has confirmed a course of treatment.',
    },
    'booking.expired': {
      subject: 'A hold has expired',
      lead: 'The time of a hold is over and its course has been given back. If the patient still needs it, please ask for a course again.',
    },
    'booking.cancelled': {
      subject: 'A booking has been cancelled',
      lead: 'A partner has cancelled a booked course of treatment.',
    },
    'booking.arrived': {
      subject: 'A treatment has begun',
      lead: 'The patient has arrived and the course of treatment has begun.',
    },
    'booking.completed': {
      subject: 'A treatment is complete',
      lead: 'The course of treatment is complete.',
    },
    'booking.no-show': {
      subject: 'A patient has not arrived',
      lead: 'The patient has not come to the booked course of treatment. Please find out why, and whether another course is needed.',
    },
    'client.enrolled': {
      subject: 'A system may now act for your institution',
      lead: 'A client has been enrolled with which a system acts in your institution’s name. If nobody at your institution asked for it, please revoke it and tell the Hub’s administrators.',
    },
    'client.revoked': {
      subject: 'A system may no longer act for your institution',
      lead: 'A client of your institution has been revoked. A system that still uses it is refused.',
    },
    'client.secret-added': {
      subject: 'A system of your institution has a new secret',
      lead: 'A client of your institution has been given another secret. If nobody at your institution asked for it, please end it and tell the Hub’s administrators.',
    },
    'credential.issued': {
      subject: 'A credential of training has been issued',
      lead: 'The host has issued the credential of a trainee who has completed its programme. Its certificate can be printed from the Hub.',
    },
    'credential.revoked': {
      subject: 'A credential of training has been revoked',
      lead: 'The host has revoked the credential of a trainee. Whoever verifies it learns that it is no longer valid. Please tell the trainee.',
    },
    'grant.granted': {
      subject: 'Your institution has been given a quota',
      lead: 'A partner has granted your institution a quota of courses of treatment.',
    },
    'grant.resized': {
      subject: 'A quota has been changed',
      lead: 'A quota of your institution now has another number of courses. Bookings stay as they are.',
    },
    'grant.suspended': {
      subject: 'A quota has been suspended',
      lead: 'No new courses can be held from this quota until it is resumed. Courses that are booked remain booked.',
    },
    'grant.resumed': {
      subject: 'A quota has been resumed',
      lead: 'Courses can be held from this quota again.',
    },
    'grant.closing': {
      subject: 'The period of a quota is being closed',
      lead: 'The period of a quota is being closed and no new courses can be held from it. Please confirm or give back what is still held.',
    },
    'institution.activated': {
      subject: 'Your institution is active',
      lead: 'Your institution is active in the Hub: its staff and systems may act for it.',
    },
    'institution.suspended': {
      subject: 'Your institution has been suspended',
      lead: 'Nobody may act for your institution in the Hub until it is activated again. Bookings remain. Please contact the Hub’s administrators.',
    },
    'loan.proposed': {
      subject: 'A loan of courses waits for your decision',
      lead: 'A partner asks to borrow courses of treatment. Please approve or decline it.',
    },
    'loan.approved': {
      subject: 'A loan has been approved',
      lead: 'A partner has approved a loan of courses of treatment. Lent courses have to be returned by the due date.',
    },
    'loan.declined': {
      subject: 'A loan has been declined',
      lead: 'A partner has declined a loan of courses of treatment.',
    },
    'loan.settled': {
      subject: 'A loan has been settled',
      lead: 'The period is over and the loan has been settled.',
    },
    'person.enrolled': {
      subject: 'A person may now act for your institution',
      lead: 'A person may act in your institution’s name, or has other roles now. If nobody at your institution asked for it, please tell the Hub’s administrators.',
    },
    'person.revoked': {
      subject: 'A person may no longer act for your institution',
      lead: 'A person’s access in your institution’s name has been revoked.',
    },
    'registration.submitted': {
      subject: 'A registration for an event waits for you',
      lead: 'A partner has registered a member of its staff for an event that your institution organises. Please approve or decline it.',
    },
    'registration.offered': {
      subject: 'A place at an event is offered',
      lead: 'A place has become free and is held for somebody who waits for one. Please accept or decline it before the deadline: after that it goes to the next in line.',
    },
    'registration.ending': {
      subject: 'A place at an event is about to lapse',
      lead: 'A place at an event is still held without a decision. Please confirm, accept or give it back before the deadline: after that it is given to the next in line automatically.',
    },
    'registration.declined': {
      subject: 'A registration for an event has been declined',
      lead: 'The organiser has declined a registration for an event.',
    },
    'registration.expired': {
      subject: 'A place at an event has lapsed',
      lead: 'Nobody confirmed or accepted the place in time, and it goes to the next in line.',
    },
    'registration.cancelled': {
      subject: 'A registration for an event has ended',
      lead: 'The registration was cancelled by the attendee’s institution or by the organiser, or the event is not held. Please see about what was booked for the journey.',
    },
    'transfer.made': {
      subject: 'Courses have been transferred',
      lead: 'A partner has transferred courses of treatment from one quota to another, for good.',
    },
    'travel-grant.submitted': {
      subject: 'A travel grant awaits your decision',
      lead: 'A partner has asked for money for the journey of a trainee who has a seat in your training. Please offer an amount from a budget, or decline.',
    },
    'travel-grant.offered': {
      subject: 'A travel grant is offered to your institution',
      lead: 'The host of a training has offered money for the journey of your trainee. Please accept or decline it.',
    },
    'travel-grant.accepted': {
      subject: 'The offer of a travel grant is accepted',
      lead: 'A partner has accepted the offer of a travel grant. Please record what is paid, with the receipts, once it is.',
    },
    'travel-grant.declined': {
      subject: 'A travel grant is declined',
      lead: 'A travel grant is declined. What was promised for it is free in its budget again.',
    },
    'travel-grant.disbursed': {
      subject: 'A travel grant is paid',
      lead: 'The host of a training has recorded what was paid for the journey of your trainee.',
    },
    'travel-grant.withdrawn': {
      subject: 'A travel grant has ended',
      lead: 'A travel grant was withdrawn, or has ended because the application or the training has. Nothing is paid for it, and what was promised is free again.',
    },
    'webhook.disabled': {
      subject: 'A webhook of your institution has been disabled',
      lead: 'Your system has not taken what the Hub sent, so its webhook has been disabled. What happens now waits for it. Please repair the system and enable the webhook again.',
    },
  },
  labels: {
    deadline: 'Deadline',
    dueDate: 'To be returned by',
    endsOn: 'Ends on',
    units: 'Courses',
    nominal: 'Courses in the quota',
    happened: 'When it happened',
    reference: 'Reference',
    link: 'Details, for systems and staff with access',
  },
  digest: {
    subject: 'What has happened in the Oncology Collaboration Hub',
    lead: 'This is what has happened since the last summary and concerns your institution.',
  },
  failing: {
    subject: 'Mail to a contact of your institution does not arrive',
    lead: (role) =>
      `Mail to a contact of your institution (${role}) came back or was refused, so nothing more is sent to that address. Please correct the list of contacts; saving it again, even unchanged, makes the Hub try anew.`,
  },
  roles: {
    coordination: 'coordination',
    clinical: 'clinical matters',
    technical: 'technical matters',
    legal: 'legal matters',
    'data-protection': 'data protection',
  },
  footer: 'The Oncology Collaboration Hub writes to you because your institution named you as a contact.',
  unsubscribe: 'To get only what is essential',
  essential: 'This message is essential, so it is sent to every contact concerned.',
  page: {
    title: 'Mail of the Oncology Collaboration Hub',
    question: 'Do you want to get only what is essential: offers, deadlines and suspensions?',
    button: 'Yes, only what is essential',
    done: 'From now on you get only what is essential.',
  },
};
