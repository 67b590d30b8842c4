import { has } from '../checks.js';
import { own, textOf } from '../fields.js';
import { sender } from '../sender.js';

/** GitHub: the event's name is in a header, its action in the body; the contact is who did it. */
export const github = sender({
  name: 'github',
  // With the content type of a form, the JSON is text in `payload`.
  body: { field: 'payload' },
  match: has('header:x-github-event'),
  groups: [
    {
      rules: [
        {
          contactId: ['sender.login', 'pusher.name', 'repository.full_name'],
          message: [
            'comment.body',
            'review.body',
            'issue.title',
            'pull_request.title',
            'head_commit.message',
            'release.name',
            'discussion.title',
            'zen',
          ],
          messageId: ['header:x-github-delivery'],
          types: [
            {
              at: 'header:x-github-event',
              as: (event, { root }) => [textOf(event), textOf(own(root, 'action'))].filter(Boolean).join('.'),
            },
          ],
          direction: 'inbound',
        },
      ],
    },
  ],
});
